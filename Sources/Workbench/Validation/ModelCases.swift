package import Models
import Ops
package import Tensors

/// The work of a model's step, one case for each kind: what `validate`, `bench` and `tune` look at for a model.
package struct ModelCases: Sendable {
  /// Rows for which a kernel is checked: one, several, and more than a tile.
  private static let validatedRows = [1, 5, 33]
  /// Several pages, and several spans of kernels that split positions.
  private static let validatedContext = 300

  private let program: Program
  private let weights: Weights
  private let segments: [TensorID: [WeightRows]]
  private let keyValueFormat: BlockFormat

  /// - Throws: `ProgramError` or `TensorError` where the model's program and weights do not fit.
  package init(_ model: Model, keyValueFormat: BlockFormat = .f16) throws {
    program = try model.architecture.program()
    weights = model.weights
    segments = try program.segments(of: weights)
    self.keyValueFormat = keyValueFormat
  }

  /// Each kind of step for some row counts.
  package var validation: [ValidationCase] {
    get throws { try Self.validatedRows.flatMap { try cases(rows: $0, context: Self.validatedContext).map(\.work) } }
  }

  /// Each kind of step with `rows` rows that end at position `context` - 1, and how many such steps the model has.
  package func cases(rows: Int, context: Int) throws -> [(work: ValidationCase, stepCount: Int)] {
    try program.kindsOfSteps { segments[$0] }.map { step, count in
      let excerpt = try program.excerpt(step: step)
      let format = program.steps[step].inputs.lazy.compactMap { segments[$0]?.mainFormat }.first
      let candidate = OperationCase(
        name(of: step, rows: rows, context: context), excerpt, tokens: rows, start: max(0, context - rows),
        outputRows: [rows - 1], vocabulary: program.vocabularySize ?? 1, keyValueFormat: keyValueFormat)
      let usesCache = excerpt.tensors.contains(where: \.isKeyValueCache)
      return (
        ValidationCase(
          candidate: candidate, weights: weights, format: usesCache ? keyValueFormat : format ?? .f32), count
      )
    }
  }

  /// Such as `qkv 1×768×512` or `attention 1×512 at 100`: the result's name without its layer, rows, columns.
  private func name(of step: Int, rows: Int, context: Int) -> String {
    let current = program.steps[step]
    let output = program[current.outputs[0]]
    let name = output.name.split(separator: ".").last.map(String.init) ?? output.name
    let rowCount = output.rows == .outputs ? 1 : rows
    let matrix = current.inputs.first { program[$0].weightNames != nil && program[$0].rows != .fixed(1) }
    let depth = matrix.map { "×\(program[$0].columns)" } ?? ""
    let position = current.inputs.contains { program[$0].isKeyValueCache } ? " at \(context)" : ""
    return "\(name) \(rowCount)×\(output.columns)\(depth)\(position)"
  }
}
