import GPU
import Ops
import Synchronization
import Tensors
import TestKit
import Testing
import Workbench

/// Memory that does not suffice is a reason to skip a case, not to blame its kernel.
@Suite(.serialized) struct OutOfMemoryTests {
  /// Counts the buffers that the driver makes and refuses one.
  private final class Buffers: Sendable {
    private let asked = Mutex(0)
    private let refused: Int
    init(refused: Int) { self.refused = refused }

    var count: Int { asked.withLock { $0 } }

    func plant(_ options: inout DeviceOptions) {
      options.mapsDeviceMemory = false
      options.intercept = { [self] call in
        guard call == "vkCreateBuffer" else { return nil }
        return asked.withLock { asked in
          asked += 1
          return asked == refused ? .outOfDeviceMemory : nil
        }
      }
    }
  }

  private func results(_ change: (inout DeviceOptions) -> Void) async throws -> [ValidationResult] {
    let device = try VulkanTestDevice(change: change)
    let cases = try ValidationCase.catalogue(operations: ["linear"], seed: 1)
      .filter { $0.format == .f32 && $0.candidate.name.hasPrefix("64×256×64") }
    var validation = Validation(device.backend, seed: 1)
    validation.isQuick = true
    return try await validation.run(cases, kernels: ["linear_lane"])
  }

  @Test func aLimitSkipsWithItsReason() async throws {
    let results = try await results { $0.memoryLimitByteCount = 64 << 10 }
    #expect(!results.isEmpty)
    for result in results {
      #expect(result.verdict == .skipped)
      #expect(result.reason?.hasPrefix("memory does not suffice: ") == true, "\(result)")
    }
  }

  /// Each buffer fails in turn, also those for copies.
  @Test func aRefusalOfTheDriverSkips() async throws {
    let dry = Buffers(refused: 0)
    _ = try await results(dry.plant)
    #expect(dry.count > 1)
    for position in 1...dry.count {
      let results = try await results(Buffers(refused: position).plant)
      #expect(results.allSatisfy { $0.verdict != .failed }, "buffer \(position): \(results)")
      #expect(results.contains { $0.verdict == .skipped && $0.reason?.contains("out of device memory") == true })
    }
  }
}
