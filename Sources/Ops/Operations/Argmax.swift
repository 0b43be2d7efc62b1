public import Tensors

/// The index of each row's largest value, the lowest where several are equal; -1 where a value is NaN or none is finite.
///
/// Input: logits [outputs, vocabulary]. Result: [outputs, 1], the index as a float (exact below 2^24). A backend also
/// makes it the row's next token where steps are chained.
public struct Argmax: Operation {
  public static let name = "argmax"
  public init() {}

  public func outputShape(_ inputs: [ProgramTensor]) throws(ProgramError) -> (rows: RowCount, columns: Int) {
    try inputs.expect(1, for: self)
    guard inputs[0].rows == .outputs, inputs[0].columns < 1 << 24 else {
      throw ProgramError("\(self): needs one row per output and fewer than 2^24 columns")
    }
    return (.outputs, 1)
  }

  public func cost(_ inputs: [(tensor: ProgramTensor, format: BlockFormat)], size: StepSize) -> Cost {
    let count = size.outputs * inputs[0].tensor.columns
    return Cost(floatOperations: count, byteCount: 4 * count)
  }

  public func evaluate(_ call: inout ReferenceCall) throws(ProgramError) {
    let logits = try call.matrix(0)
    for row in 0..<logits.rows {
      var best = -1
      var largest = -Float.infinity
      for (index, value) in logits.row(row).enumerated() where value > largest {
        best = index
        largest = value
      }
      let isBroken = logits.row(row).contains { $0.isNaN } || largest == .infinity
      call.output.values[row] = isBroken ? -1 : Float(best)
    }
  }

  public static var cases: [OperationCase] {
    [
      (1, 5, OperationCase.Spread.normal), (1, 1000, .coarse), (3, 4097, .normal), (2, 64, .coarse), (3, 70, .broken),
      (3, 70, .infinite),
      (1, 4097, .broken), (1, 4097, .infinite),
    ].map { outputs, vocabulary, spread in
      .oneStep(
        "\(outputs)×\(vocabulary) \(spread)", tokens: outputs, outputRows: Array(0..<outputs), spread: spread
      ) { program throws(ProgramError) in
        let logits = program.input("logits", rows: .outputs, columns: vocabulary)
        program.setLogits(logits)
        return try program.append(Argmax(), [logits], name: "id")
      }
    }
  }
}
