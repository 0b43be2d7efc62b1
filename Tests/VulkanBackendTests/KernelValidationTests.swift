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

  @Test(arguments: BlockFormat.all)
  func tuningsGiveTheSameBits(_ format: BlockFormat) async throws {
    let device = try VulkanTestDevice.shared()
    let tunings: [Tuning] = [["ROWS": 1, "TOKENS": 1], ["ROWS": 2, "TOKENS": 4], ["ROWS": 4, "TOKENS": 1]]
    for kernel in KernelCatalogue.all where kernel.operation is Linear.Type {
      for candidate in Linear.cases where candidate.step.tokens.count > 4 && candidate.suits(format) {
        let weights = try candidate.weights(seed: Self.seed, format: format)
        let result = candidate.program.results[0]
        var bits: [[UInt32]] = []
        for tuning in tunings {
          let prepared = try await device.backend.prepare(
            candidate.program, weights: weights, limits: candidate.limits, forced: (kernel, tuning))
          let outputs = try await prepared.run(
            candidate.step, values: candidate.values(seed: Self.seed), reading: [result])
          bits.append((outputs.tensors[result] ?? []).map(\.bitPattern))
        }
        #expect(bits.allSatisfy { $0 == bits[0] && !$0.isEmpty }, "\(kernel.file) \(format) \(candidate.name)")
      }
    }
  }
}
