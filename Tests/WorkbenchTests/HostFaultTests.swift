import Ops
import Tensors
import TestKit
import Testing
import VulkanBackend
import Workbench

/// Faults in the Swift half of a kernel: grids, bindings, constants.
@Suite(.serialized) struct HostFaultTests {
  /// A kernel whose launches are changed.
  struct AlteredKernel: Kernel {
    let base: any Kernel
    let alter: @Sendable (inout Launch, _ index: Int) -> Void

    init(_ file: String, alter: @escaping @Sendable (inout Launch, _ index: Int) -> Void) {
      base = KernelCatalogue.all.first { $0.file == file } ?? KernelCatalogue.all[0]
      self.alter = alter
    }

    var file: String { base.file }
    var operation: any Operation.Type { base.operation }
    func suits(_ profile: DeviceProfile) -> Bool { base.suits(profile) }
    func tunings(for request: LaunchRequest) -> [Tuning] { base.tunings(for: request) }
    func tuning(for request: LaunchRequest) -> Tuning { base.tuning(for: request) }
    func launches(for request: LaunchRequest, tuning: Tuning) -> [Launch]? {
      base.launches(for: request, tuning: tuning).map { launches in
        launches.indices.map { index in
          var launch = launches[index]
          alter(&launch, index)
          return launch
        }
      }
    }
  }

  struct Fault: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let kernel: AlteredKernel
    let check: ValidationCheck
    var reason = "element"
  }

  static let faults = [
    Fault(
      testDescription: "grid rounded down",
      kernel: AlteredKernel("add") { launch, _ in launch.groups.x = max(1, launch.groups.x - 1) },
      check: .values),
    Fault(
      testDescription: "constant under another name",
      kernel: AlteredKernel("linear_subgroup") { launch, _ in
        launch.constants["TOKEN"] = launch.constants.removeValue(forKey: "TOKENS")
      }, check: .values),
    Fault(
      testDescription: "too few pairs of dimensions per lane",
      kernel: AlteredKernel("attention_subgroup") { launch, _ in launch.constants["OWNED_PAIRS"] = 1 },
      check: .values),
    Fault(
      testDescription: "keys and values swapped",
      kernel: AlteredKernel("attention_subgroup") { launch, _ in launch.bindings.swapAt(1, 2) }, check: .values),
    Fault(
      testDescription: "every chunk bound to the first",
      kernel: AlteredKernel("linear_lane") { launch, _ in
        launch.bindings[0] = .plane(input: 1, chunk: 0, plane: 0)
      }, check: .chunks),
    Fault(
      testDescription: "a dispatch forgotten",
      kernel: AlteredKernel("embedding") { launch, index in
        if index == 1 { launch.pushConstants = launch.pushConstants.map { _ in 0 } }
      }, check: .chunks),
    Fault(
      testDescription: "push constants of another struct",
      kernel: AlteredKernel("rms_norm") { launch, _ in launch.pushConstants.removeLast(4) },
      check: .values, reason: "disagree about bindings or push constants"),
  ]

  @Test(arguments: faults)
  func isFoundAndNamed(_ fault: Fault) async throws {
    let device = try VulkanTestDevice()
    let seed = KernelValidationTests.seed
    let cases = try ValidationCase.catalogue(operations: [fault.kernel.operation.name], seed: seed).filter {
      $0.format == .f32 && !$0.candidate.name.contains("1100")
    }
    let results = try await Validation(device.backend, seed: seed, kernels: [fault.kernel]).run(cases)
    let failure = try #require(results.first { $0.verdict == .failed }, "no case noticed")
    #expect(failure.kernel == fault.kernel.file)
    #expect(failure.checks.last ?? .values == fault.check, "\(failure)")
    #expect(failure.reason?.contains(fault.reason) == true, "\(failure)")
  }
}
