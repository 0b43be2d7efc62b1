import Ops
import Tensors

/// What the definition gives on a case, and how far a kernel may be from it.
struct Expectation {
  private let program: Program
  private let expected: [TensorID: [Float]]
  private let bounds: [Float]
  private let keyValueFormat: BlockFormat

  init(_ candidate: OperationCase, weights: Weights, seed: UInt64) async throws {
    program = candidate.program
    keyValueFormat = candidate.limits.keyValueFormat
    let reference = try ReferenceProgram(candidate.program, weights: weights, limits: candidate.limits)
    let values = candidate.values(seed: seed)
    expected = try await reference.run(candidate.step, values: values, reading: candidate.program.results).tensors
    bounds = try reference.errorBounds(candidate.step, values: values)
  }

  func weightSegments(_ weights: Weights) throws -> [TensorID: [WeightRows]] {
    var segments: [TensorID: [WeightRows]] = [:]
    for (index, tensor) in program.tensors.enumerated() where tensor.weightNames != nil {
      segments[TensorID(index)] = try weights.weight(for: tensor).segments
    }
    return segments
  }

  /// Fills in the errors and, at the first element outside its bound, the fault.
  func compare(_ outputs: StepOutputs, _ result: inout ValidationResult) {
    var squares = 0.0
    var errors = 0.0
    for id in program.results {
      let wanted = expected[id] ?? []
      let given = outputs.tensors[id] ?? []
      for (index, value) in wanted.enumerated() {
        let actual = index < given.count ? given[index] : .nan
        if value.isNaN && actual.isNaN { continue }
        let difference = abs(value - actual)
        let bound = bound(of: id, index: index, expected: value)
        if value.isFinite {
          squares += Double(value) * Double(value)
          errors += Double(difference) * Double(difference)
          result.maximumAbsoluteError = max(result.maximumAbsoluteError, difference)
          if bound > 0 { result.maximumBoundShare = max(result.maximumBoundShare, difference / bound) }
        }
        if difference <= bound || value == actual { continue }
        let fault = ValidationResult.Fault(
          tensor: program[id].name, index: index, expected: "\(value)", actual: "\(actual)", bound: bound)
        if result.fault == nil {
          result.fault = fault
          result = result.with(.failed, reason: "element \(index) of \(fault.tensor) is \(actual) instead of \(value)")
        }
      }
    }
    result.normalisedMeanSquaredError = squares > 0 ? errors / squares : errors
  }

  /// A stored key or value may differ by what rotating rounds, and in float16 round to the neighbour then.
  private func bound(of id: TensorID, index: Int, expected: Float) -> Float {
    if id == program.steps[0].outputs[0] { return bounds[index] }
    return max(abs(expected), 1) * (keyValueFormat == .f16 ? 0x1p-10 : 0x1p-21)
  }
}
