import Foundation
import ShaderCompiler
import TestKit
import Testing
import VulkanBackend
import Workbench

/// A failure leaves a file that shows it again.
@Suite(.serialized) struct ReplayTests {
  /// One fault for each check whose failures are captured.
  static let faults: [PlantedFault] = {
    var seen: Set<ValidationCheck> = [.chained]
    return PlantedFaultTests.faults.filter { fault in fault.check.map { seen.insert($0).inserted } ?? false }
  }()

  /// The first failure of a fault, with its file in `folder`.
  private func failure(of fault: PlantedFault, in folder: String) async throws -> (ValidationResult, VulkanTestDevice) {
    let device = try VulkanTestDevice(pack: try fault.pack())
    var validation = Validation(device.backend, seed: PlantedFaultTests.seed)
    validation.replayFolder = folder
    let cases = try fault.validationCases(seed: PlantedFaultTests.seed)
    let results = try await validation.run(cases, kernels: [fault.kernel])
    return (try #require(results.first { $0.verdict == .failed }), device)
  }

  @Test(arguments: faults)
  func failsAtTheSameElement(_ fault: PlantedFault) async throws {
    let folder = try TemporaryFolder()
    let (failure, device) = try await failure(of: fault, in: folder.path)
    let bundle = try ReplayBundle(path: try #require(failure.replay))
    #expect(bundle.device == device.backend.deviceName)
    let replayed = try await bundle.replay(on: device.backend)
    #expect(replayed.verdict == .failed)
    #expect(replayed.checks.last == failure.checks.last)
    #expect(replayed.fault?.index == failure.fault?.index && replayed.fault?.tensor == failure.fault?.tensor)
    if failure.checks.last == .memory { #expect(replayed.reason?.contains("beside the buffer") == true) }
  }

  @Test(arguments: faults)
  func passesWithTheRightKernel(_ fault: PlantedFault) async throws {
    let folder = try TemporaryFolder()
    let (failure, _) = try await failure(of: fault, in: folder.path)
    var bundle = try ReplayBundle(path: try #require(failure.replay))
    let right = try #require(try KernelPack.embedded()[variant: fault.variant])
    for index in bundle.step.dispatches.indices {
      bundle.step.dispatches[index].spirv = Data(KernelPack.bytes(of: right.words))
    }
    let replayed = try await bundle.replay(on: VulkanTestDevice.shared().backend)
    #expect(replayed.verdict == .passed, "\(replayed)")
  }

  @Test func oneFilePerKernelFormatAndCheck() async throws {
    let folder = try TemporaryFolder()
    _ = try await failure(of: try #require(Self.faults.first { $0.check == .values }), in: folder.path)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 1)
  }

  @Test func brokenFilesGetASentence() async throws {
    let folder = try TemporaryFolder()
    let (failure, _) = try await failure(of: try #require(Self.faults.first), in: folder.path)
    let path = try #require(failure.replay)
    let bytes = [UInt8](try #require(FileManager.default.contents(atPath: path)))
    for length in [0, 1, bytes.count / 2, bytes.count - 1] {
      let cut = try folder.write("cut.json", Array(bytes.prefix(length)))
      #expect { try ReplayBundle(path: cut) } throws: { "\($0)".contains("cut.json is no replay file") }
    }
    #expect { try ReplayBundle(path: folder.path + "/absent") } throws: { "\($0)".contains("cannot be read") }
    let text = String(decoding: bytes, as: UTF8.self)
    let strange = try folder.write("strange.json", text.replacing(#""buffers":[2]"#, with: #""buffers":[99]"#))
    #expect(text.contains(#""buffers":[2]"#))
    #expect { try ReplayBundle(path: strange) } throws: { "\($0)".contains("parts do not fit") }
  }
}
