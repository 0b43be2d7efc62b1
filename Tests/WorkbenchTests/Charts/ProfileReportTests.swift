import Foundation
import Testing
import Workbench

@Suite struct ProfileReportTests {
  @Test func stepsAddUpToKernels() {
    func step(_ kernel: String, _ seconds: Double) -> StepTiming {
      StepTiming(
        name: "s", kernel: kernel,
        work: DeviceWork(seconds: seconds, byteCount: 10, floatOperations: 5, arithmetic: .f16))
    }
    let kernels = ProfileReport.kernels(of: [step("a", 1), step("b", 5), step("a", 2)])
    #expect(kernels.map(\.name) == ["b", "a"])
    #expect(kernels[1].calls == 2)
    #expect(kernels[1].work == DeviceWork(seconds: 3, byteCount: 20, floatOperations: 10, arithmetic: .f16))
  }

  /// At 100 B/s and 1000 FLOP/s the roofs meet at 10 operations per byte.
  @Test func theSlowerOfMemoryAndArithmeticDecides() {
    let limits = ProbedLimits(readBytesPerSecond: 100, f32FlopsPerSecond: 1000)
    let reading = limits.shortest(DeviceWork(seconds: 9, byteCount: 200, floatOperations: 1000))
    #expect(reading.seconds == 2 && reading.isMemoryBound)
    let computing = limits.shortest(DeviceWork(seconds: 9, byteCount: 200, floatOperations: 4000))
    #expect(computing.seconds == 4 && !computing.isMemoryBound)
    let unprobed = limits.shortest(DeviceWork(seconds: 9, byteCount: 200, floatOperations: 4000, arithmetic: .coopmat))
    #expect(unprobed.seconds == 2 && unprobed.isMemoryBound)
  }

  @Test func isCodable() throws {
    let data = try JSONEncoder().encode(SampleProfile.report)
    #expect(try JSONDecoder().decode(ProfileReport.self, from: data) == SampleProfile.report)
  }
}
