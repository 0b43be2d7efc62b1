public import Tensors

/// y = x / √(mean(x²) + epsilon) · weight, per row. Inputs: x [rows, hidden], weight [1, hidden].
public struct RMSNorm: Operation {
  public static let name = "rms_norm"
  public let epsilon: Float
  public init(epsilon: Float) { self.epsilon = epsilon }
  public var description: String { "rms_norm[epsilon: \(epsilon)]" }

  public func outputShape(_ inputs: [ProgramTensor]) throws(ProgramError) -> (rows: RowCount, columns: Int) {
    try inputs.expect(2, for: self)
    guard inputs[1].columns == inputs[0].columns else {
      throw ProgramError("\(self): \(inputs[0].columns) columns with a weight of \(inputs[1].columns)")
    }
    return (inputs[0].rows, inputs[0].columns)
  }

  public func cost(_ inputs: [(tensor: ProgramTensor, format: BlockFormat)], size: StepSize) -> Cost {
    let count = size.rows(inputs[0].tensor.rows) * inputs[0].tensor.columns
    return Cost(floatOperations: 4 * count, byteCount: 8 * count + 4 * inputs[0].tensor.columns)
  }

  public func evaluate(_ call: inout ReferenceCall) throws(ProgramError) {
    let x = try call.matrix(0)
    let weight = try call.weight(1).decoded(row: 0)
    for row in 0..<x.rows {
      let values = x.row(row)
      let squares = values.reduce(0.0) { $0 + Double($1) * Double($1) }
      let scale = Float(1 / (squares / Double(x.columns) + Double(epsilon)).squareRoot())
      call.output.replace(row: row, with: zip(values, weight).map { $0 * scale * $1 })
    }
  }

  /// The sum of squares is off by at most `columns` roundings, the root halves that; division and root add a few.
  public func errorBound(_ call: ReferenceCall) -> [Float] {
    let roundings = Float(call.output.columns) / 2 + 12
    return call.output.values.map { abs($0) * roundings * unitRoundoff + .leastNormalMagnitude }
  }

  public static var cases: [OperationCase] {
    var cases: [OperationCase] = []
    for (tokens, hidden) in [(1, 8), (1, 4096), (5, 60), (33, 256), (3, 1031), (2, 1)] {
      for spread in OperationCase.finiteSpreads where hidden >= 60 || spread == .normal {
        cases.append(
          .oneStep("\(tokens)×\(hidden) \(spread)", tokens: tokens, spread: spread) { program throws(ProgramError) in
            let x = program.input("x", rows: .tokens, columns: hidden)
            let weight = program.weight(["weight"], rows: 1, columns: hidden)
            return try program.append(RMSNorm(epsilon: 1e-5), [x, weight], name: "normalised")
          })
      }
    }
    cases.append(
      .oneStep("3 of 9×100", tokens: 9, outputRows: [8, 3, 5]) { program throws(ProgramError) in
        let x = program.input("x", rows: .outputs, columns: 100)
        let weight = program.weight(["weight"], rows: 1, columns: 100)
        return try program.append(RMSNorm(epsilon: 1e-5), [x, weight], name: "normalised")
      })
    return cases
  }
}
