package import Ops
import ShaderCompiler
package import Tensors
package import VulkanBackend

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
  ///
  /// - Parameter operations: only those of these names; nil for all.
  package static func catalogue(operations: Set<String>? = nil, seed: UInt64) throws -> [ValidationCase] {
    var cases: [ValidationCase] = []
    for operation in OperationCatalogue.all where operations?.contains(operation.name) != false {
      for candidate in operation.cases {
        for format in candidate.formats {
          cases.append(
            ValidationCase(
              candidate: candidate, weights: try candidate.weights(seed: seed, format: format), format: format))
        }
      }
    }
    return cases
  }

  /// What a kernel is asked for.
  ///
  /// - Parameters:
  ///   - limits: other than the case's own, for a smaller step.
  ///   - isPrompt: whether the rows are of a prompt.
  package func request(
    on backend: VulkanBackend, limits: ExecutionLimits? = nil, isPrompt: Bool = false
  ) throws(TensorError) -> LaunchRequest {
    request(of: try planner(on: backend, limits: limits ?? candidate.limits), isPrompt: isPrompt)
  }

  /// The kernel that a plan takes; nil where none serves.
  package func choice(
    on backend: VulkanBackend, isPrompt: Bool
  ) throws(TensorError) -> (kernel: any Kernel, tuning: Tuning)? {
    let planner = try planner(on: backend, limits: candidate.limits)
    return planner.choice(for: request(of: planner, isPrompt: isPrompt)).map { ($0.kernel, $0.tuning) }
  }

  private func request(of planner: Planner, isPrompt: Bool) -> LaunchRequest {
    planner.request(for: candidate.program.steps[0], tokenCount: planner.limits.tokenCount, isPrompt: isPrompt)
  }

  private func planner(on backend: VulkanBackend, limits: ExecutionLimits) throws(TensorError) -> Planner {
    var planner = Planner(
      program: candidate.program, limits: limits, profile: backend.profile,
      weightSegments: try candidate.program.segments(of: weights), availableVariants: backend.usableVariants)
    planner.tunings = backend.tunings
    planner.roundsPrompts = backend.roundsPrompts
    return planner
  }
}

extension OperationCase {
  /// How its cache is stored, where it has one.
  var cacheFormat: BlockFormat? {
    program.tensors.contains(where: \.isKeyValueCache) ? limits.keyValueFormat : nil
  }
}
