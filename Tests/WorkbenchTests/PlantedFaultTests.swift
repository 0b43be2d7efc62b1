import Foundation
import GPU
import Ops
import ShaderCompiler
import Tensors
import TestKit
import Testing
import VulkanBackend
import Workbench

/// A check that never fails proves nothing: each of these faults must be found, named, and put down to the right kernel.
@Suite(.serialized) struct PlantedFaultTests {
  static let faults = PlantedFault.indices + PlantedFault.numbers + PlantedFault.order
  static let seed = KernelValidationTests.seed

  @Test(arguments: faults)
  func isFoundAndNamed(_ fault: PlantedFault) async throws {
    let device = try VulkanTestDevice(pack: try fault.pack())
    let kernels: [any Kernel] = KernelCatalogue.all.map {
      fault.isTuned && $0.file == fault.kernel ? $0 : UntunedKernel(base: $0)
    }
    var validation = Validation(device.backend, seed: Self.seed, kernels: kernels)
    validation.isQuick = fault.check == .values && !fault.isTuned
    let failures = try await validation.run(try fault.validationCases(seed: Self.seed)).filter { $0.verdict == .failed }
    let first = try #require(failures.first, "no case noticed")
    #expect(failures.allSatisfy { $0.kernel == fault.kernel }, "another kernel is blamed")
    if let check = fault.check {
      #expect(first.checks.last == check, "\(first)")
      // A fault in bits alone must leave the values right, else it shows nothing of the check.
      if check != .values { #expect(failures.allSatisfy { $0.checks.last != .values }) }
    }
    for failure in failures {
      let reason = failure.reason ?? ""
      #expect(failure.fault != nil || reason.contains("beside the buffer") || reason.contains("chained"), "\(reason)")
    }
    if let index = fault.index { #expect(first.fault?.index == index, "\(first)") }
    if let actual = fault.actual { #expect(first.fault?.actual.hasSuffix(actual) == true, "\(first)") }
  }

  @Test func everyOperationHasOne() throws {
    let pack = try KernelPack.embedded()
    let operations = Set(Self.faults.compactMap { pack[variant: $0.variant]?.manifest.op })
    #expect(operations == Set(OperationCatalogue.all.map { $0.name }))
    #expect(Set(Self.faults.map(\.kind)).count == Self.faults.count)
  }

  /// Not the kernel's fault, but seen in the same way: chunks of a weight go to one buffer, one dispatch each.
  @Test func missingBarriersAreFound() async throws {
    let device = try VulkanTestDevice { $0.omitsBarriers = true }
    let cases = try ValidationCase.catalogue(operations: ["linear"], seed: Self.seed)
      .filter { $0.candidate.name.hasPrefix("1×67×60") && $0.format == .f32 }
    let results = try await Validation(device.backend, seed: Self.seed).run(cases, kernels: ["linear_lane"])
    let failure = try #require(results.first { $0.verdict == .failed })
    #expect(failure.checks.last == .chunks)
    #expect(failure.reason?.contains("there is no barrier between") == true, "\(failure)")
  }
}
