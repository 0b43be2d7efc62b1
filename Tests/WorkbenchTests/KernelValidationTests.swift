import Ops
import Tensors
import TestKit
import Testing
import VulkanBackend
import Workbench

/// Every kernel variant against its operation's definition.
@Suite(.serialized) struct KernelValidationTests {
  static let seed: UInt64 = 20_261_123

  /// Of matrices one format of each kind; every tuning of the others takes a CPU's compiler minutes.
  private static let formats: [BlockFormat] = [.bf16, .q8_0, .q4_k]

  private static func isWhole(_ current: ValidationCase) -> Bool {
    !current.candidate.hasMatrixWeight || formats.contains(current.format)
  }

  @Test(arguments: OperationCatalogue.all.map { $0.name })
  func kernelsEqualTheDefinition(_ operation: String) async throws {
    let device = try VulkanTestDevice.shared()
    print("\(operation): seed \(Self.seed)")
    let cases = try ValidationCase.catalogue(operations: [operation], seed: Self.seed)
    var results: [ValidationResult] = []
    for isWhole in [true, false] {
      var validation = Validation(device.backend, seed: Self.seed)
      validation.isQuick = !isWhole
      results += try await validation.run(cases.filter { Self.isWhole($0) == isWhole }) {
        #expect($0.verdict != .failed, "seed \(Self.seed): \($0)")
      }
    }
    #expect(!results.isEmpty)
    // A kernel may leave a case to another; none may leave all, and each case must be served by one.
    let passed = results.filter { $0.verdict == .passed }
    let usable = Set(device.backend.usableVariants.map { String($0.prefix { $0 != "." }) })
    #expect(Set(passed.map(\.kernel)) == Set(results.map(\.kernel)).intersection(usable))
    #expect(usable.isSuperset(of: KernelCatalogue.all.filter { $0.numerics == .float32 }.flatMap(\.files)))
    #expect(Set(passed.map { [$0.caseName, $0.format] }) == Set(results.map { [$0.caseName, $0.format] }))
    #expect(try await device.findings() == [])
  }

  /// A step takes the kernel and tuning that suit its size: a row must not show which.
  @Test(arguments: formats)
  func productsOfADeviceHaveTheSameBits(_ format: BlockFormat) async throws {
    let cases = Linear.cases.filter { $0.step.tokens.count > 4 && $0.suits(format) }
    try await compare(cases, format, leastWays: 4)
  }

  /// With few rows, so that their contexts may be split; with many, so that a lane may be a row.
  @Test func attentionOfADeviceHasTheSameBits() async throws {
    let cases = Attention.cases.filter {
      8...16 ~= $0.step.tokens.count && $0.limits.pagesPerSequence > 2
        && ($0.program.steps[0].operation as? Attention)?.headDimension.isMultiple(of: 8) == true
    }
    #expect(!cases.isEmpty)
    for candidate in cases {
      try await compare([candidate], candidate.limits.keyValueFormat, leastWays: 2)
    }
  }

  /// - Parameter leastWays: kernels and tunings that must be there, for CPU drivers and for GPUs.
  private func compare(_ cases: [OperationCase], _ format: BlockFormat, leastWays: Int) async throws {
    let device = try VulkanTestDevice.shared()
    for isCPU in [true, false] {
      var profile = device.backend.profile
      profile.isCPU = isCPU
      for candidate in cases {
        let operation = type(of: candidate.program.steps[0].operation)
        let kernels = KernelCatalogue.all.filter {
          $0.operation == operation && $0.suits(profile) && $0.numerics == .float32
        }
        let bits = try await bits(candidate, format, kernels: kernels, on: device.backend)
        #expect(bits.count >= leastWays, "\(candidate.name)")
        for (name, values) in bits {
          #expect(values == bits[0].values && !values.isEmpty, "\(name) \(format) \(candidate.name)")
        }
      }
    }
  }

  /// The result's bits for each kernel and tuning that serves the case.
  private func bits(
    _ candidate: OperationCase, _ format: BlockFormat, kernels: [any Kernel], on backend: VulkanBackend
  ) async throws -> [(name: String, values: [UInt32])] {
    let weights = try candidate.weights(seed: Self.seed, format: format)
    let planner = Planner(
      program: candidate.program, limits: candidate.limits, profile: backend.profile,
      weightSegments: try candidate.program.segments(of: weights),
      availableVariants: backend.usableVariants)
    let request = planner.request(for: candidate.program.steps[0], tokenCount: candidate.limits.tokenCount)
    let result = candidate.program.results[0]
    var bits: [(name: String, values: [UInt32])] = []
    for kernel in kernels {
      for tuning in kernel.tunings(for: request) where kernel.launches(for: request, tuning: tuning) != nil {
        let prepared = try await backend.prepare(
          candidate.program, weights: weights, limits: candidate.limits, forced: (kernel, tuning))
        let outputs = try await prepared.run(
          candidate.step, values: candidate.values(seed: Self.seed), reading: [result])
        bits.append(("\(kernel.file) \(tuning)", (outputs.tensors[result] ?? []).map(\.bitPattern)))
      }
    }
    return bits
  }
}
