import Ops
import Tensors
package import VulkanBackend

/// One kernel variant with one tuning on one case, compared with the operation's definition.
package struct ValidationResult: Sendable, Codable, Hashable {
  package enum Verdict: String, Sendable, Codable { case passed, failed, skipped }
  /// The first element outside its bound.
  package struct Fault: Sendable, Codable, Hashable {
    package let tensor: String
    package let index: Int
    package let expected: String
    package let actual: String
    package let bound: Float
  }
  package let operation: String
  package let kernel: String
  /// Storage of the weights or of the cache.
  package let format: String
  package let tuning: String
  package let caseName: String
  package let verdict: Verdict
  /// Sum of squared differences over the sum of squared expected values.
  package var normalisedMeanSquaredError: Double = 0
  package var maximumAbsoluteError: Float = 0
  /// The largest difference as a share of what rounding allows.
  package var maximumBoundShare: Float = 0
  package var fault: Fault?
  /// Why the case was skipped or could not run.
  package var reason: String?
}

/// Compares every kernel variant with the reference.
package struct Validation: Sendable {
  private let backend: VulkanBackend
  /// Inputs follow from it.
  package let seed: UInt64

  package init(_ backend: VulkanBackend, seed: UInt64) {
    self.backend = backend
    self.seed = seed
  }

  /// - Parameters:
  ///   - operation: only the operation of that name; nil for all.
  ///   - allTunings: every legal tuning of a kernel instead of its default.
  ///   - report: called after each case.
  package func run(
    operation name: String?, allTunings: Bool, report: (ValidationResult) -> Void
  ) async throws -> [ValidationResult] {
    var results: [ValidationResult] = []
    for operation in OperationCatalogue.all where name == nil || operation.name == name {
      for candidate in operation.cases {
        for format in formats(of: candidate) {
          for result in try await run(candidate, operation: operation, format: format, allTunings: allTunings) {
            report(result)
            results.append(result)
          }
        }
      }
    }
    return results
  }

  private func formats(of candidate: OperationCase) -> [BlockFormat] {
    if candidate.hasMatrixWeight { return BlockFormat.all.filter(candidate.suits) }
    let usesCache = candidate.program.tensors.contains(where: \.isKeyValueCache)
    return [usesCache ? candidate.limits.keyValueFormat : .f32]
  }

  private func run(
    _ candidate: OperationCase, operation: any Operation.Type, format: BlockFormat, allTunings: Bool
  ) async throws -> [ValidationResult] {
    let weights = try candidate.weights(seed: seed, format: format)
    let expectation = try await Expectation(candidate, weights: weights, seed: seed)
    var results: [ValidationResult] = []
    for kernel in KernelCatalogue.all where kernel.operation == operation {
      let planner = Planner(
        program: candidate.program, limits: candidate.limits, profile: backend.profile,
        weightSegments: try expectation.weightSegments(weights), availableVariants: backend.usableVariants)
      let request = planner.request(for: candidate.program.steps[0], tokenCount: candidate.limits.tokenCount)
      for tuning in allTunings ? kernel.tunings(for: request) : [kernel.tuning(for: request)] {
        var result = ValidationResult(
          operation: operation.name, kernel: kernel.file, format: format.name, tuning: tuning.description,
          caseName: candidate.name, verdict: .passed)
        guard let launches = kernel.launches(for: request, tuning: tuning) else {
          results.append(result.with(.skipped, reason: "the kernel does not serve this case on this device"))
          continue
        }
        guard launches.allSatisfy({ backend.usableVariants.contains($0.variant) }) else {
          results.append(result.with(.skipped, reason: "the device lacks what \(launches[0].variant) requires"))
          continue
        }
        do {
          let prepared = try await backend.prepare(
            candidate.program, weights: weights, limits: candidate.limits, forced: (kernel, tuning))
          let outputs = try await prepared.run(
            candidate.step, values: candidate.values(seed: seed), reading: candidate.program.results)
          expectation.compare(outputs, &result)
          if let finding = try await backend.guardFindings().first { result = result.with(.failed, reason: finding) }
        } catch {
          result = result.with(.failed, reason: "\(error)")
        }
        results.append(result)
      }
    }
    return results
  }
}

extension ValidationResult {
  func with(_ verdict: Verdict, reason: String? = nil) -> ValidationResult {
    var copy = ValidationResult(
      operation: operation, kernel: kernel, format: format, tuning: tuning, caseName: caseName, verdict: verdict)
    copy.normalisedMeanSquaredError = normalisedMeanSquaredError
    copy.maximumAbsoluteError = maximumAbsoluteError
    copy.maximumBoundShare = maximumBoundShare
    copy.fault = fault
    copy.reason = reason
    return copy
  }
}
