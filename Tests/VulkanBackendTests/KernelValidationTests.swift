import Ops
import Tensors
import TestKit
import Testing
import VulkanBackend

/// Every kernel variant against its operation's definition.
@Suite(.serialized) struct KernelValidationTests {
  static let seed: UInt64 = 20_261_123

  @Test(arguments: OperationCatalogue.all.map { $0.name })
  func kernelsEqualTheDefinition(_ operation: String) async throws {
    let device = try VulkanTestDevice.shared()
    print("\(operation): seed \(Self.seed)")
    let results = try await Validation(device.backend, seed: Self.seed).run(operation: operation, allTunings: false) {
      #expect($0.verdict != .failed, "seed \(Self.seed): \($0)")
    }
    #expect(!results.isEmpty)
    // A kernel may leave a case to another; none may leave all, and each case must be served by one.
    let passed = results.filter { $0.verdict == .passed }
    #expect(Set(passed.map(\.kernel)) == Set(results.map(\.kernel)))
    #expect(Set(passed.map { [$0.caseName, $0.format] }) == Set(results.map { [$0.caseName, $0.format] }))
    #expect(try await device.findings() == [])
  }

  @Test func tuningsGiveTheSameBits() async throws {
    let device = try VulkanTestDevice.shared()
    for kernel in KernelCatalogue.all where kernel.operation is Linear.Type {
      for candidate in Linear.cases where candidate.name.hasPrefix("5×65×100 normal") || candidate.name.hasPrefix("17×")
      {
        let weights = try candidate.weights(seed: Self.seed, format: .bf16)
        var first: [Float]?
        for tuning: Tuning in [["ROWS": 1, "TOKENS": 1], ["ROWS": 2, "TOKENS": 4], ["ROWS": 4, "TOKENS": 1]] {
          let prepared = try await device.backend.prepare(
            candidate.program, weights: weights, limits: candidate.limits, forced: (kernel, tuning))
          let result = candidate.program.results[0]
          let outputs = try await prepared.run(
            candidate.step, values: candidate.values(seed: Self.seed), reading: [result])
          let values = outputs.tensors[result]
          #expect(values?.map(\.bitPattern) == (first ?? values)?.map(\.bitPattern), "\(kernel.file) \(tuning)")
          first = first ?? values
        }
      }
    }
  }
}
