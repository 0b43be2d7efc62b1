import Ops
import Tensors
import TestKit
import Testing
import VulkanBackend
import Workbench

@Suite struct DeviceCrewTests {
  /// Whoever runs a case and whenever it ends, results come in the order of the cases.
  @Test func resultsComeInTheOrderOfTheCases() async throws {
    let backend = try VulkanTestDevice.shared().backend
    let cases = try ValidationCase.catalogue(operations: ["embedding", "add"], seed: 7)
    func titles(_ crew: DeviceCrew) async throws -> [[String]] {
      var validation = Validation(crew, seed: 7)
      validation.isQuick = true
      return try await validation.run(cases).map { [$0.operation, $0.kernel, $0.format, $0.caseName] }
    }
    let alone = try await titles(DeviceCrew([backend]))
    #expect(try await titles(DeviceCrew([backend, backend])) == alone)
    #expect(
      alone.map { [$0[0], $0[2], $0[3]] } == cases.map { [$0.operationName, $0.format.name, $0.candidate.name] })
  }

  @Test func onlyCPUDriversAreOpenedSeveralTimes() {
    #expect(DeviceCrew.size(isCPU: true, coreCount: 4) == 4)
    #expect(DeviceCrew.size(isCPU: true, coreCount: 0) == 1)
    #expect(DeviceCrew.size(isCPU: false, coreCount: 16) == 1)
  }
}
