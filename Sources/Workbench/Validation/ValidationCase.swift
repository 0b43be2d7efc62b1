package import Ops
package import Tensors
import VulkanBackend

/// One step to compute on given weights: of an operation's own cases, or taken out of a model.
package struct ValidationCase: Sendable {
  package let candidate: OperationCase
  package let weights: Weights
  /// Storage of the weights or of the cache.
  package let format: BlockFormat

  package var operation: any Operation { candidate.program.steps[0].operation }
  package var operationName: String { type(of: operation).name }

  package init(candidate: OperationCase, weights: Weights, format: BlockFormat) {
    self.candidate = candidate
    self.weights = weights
    self.format = format
  }

  /// Every case of the operations in every format that suits it.
  package static func catalogue(operation name: String? = nil, seed: UInt64) throws -> [ValidationCase] {
    var cases: [ValidationCase] = []
    for operation in OperationCatalogue.all where name == nil || operation.name == name {
      for candidate in operation.cases {
        for format in formats(of: candidate) {
          cases.append(
            ValidationCase(
              candidate: candidate, weights: try candidate.weights(seed: seed, format: format), format: format))
        }
      }
    }
    return cases
  }

  private static func formats(of candidate: OperationCase) -> [BlockFormat] {
    if candidate.hasMatrixWeight { return BlockFormat.all.filter(candidate.suits) }
    return [candidate.cacheFormat ?? .f32]
  }

  /// What a kernel is asked for.
  ///
  /// - Parameter limits: other than the case's own, for a smaller step.
  func request(on backend: VulkanBackend, limits: ExecutionLimits? = nil) throws(TensorError) -> LaunchRequest {
    let planner = try planner(on: backend, limits: limits ?? candidate.limits)
    return planner.request(for: candidate.program.steps[0], tokenCount: planner.limits.tokenCount)
  }

  private func planner(on backend: VulkanBackend, limits: ExecutionLimits) throws(TensorError) -> Planner {
    Planner(
      program: candidate.program, limits: limits, profile: backend.profile,
      weightFormats: try candidate.program.formats(of: weights), availableVariants: backend.usableVariants)
  }
}

extension OperationCase {
  /// How its cache is stored, where it has one.
  var cacheFormat: BlockFormat? {
    program.tensors.contains(where: \.isKeyValueCache) ? limits.keyValueFormat : nil
  }
}
