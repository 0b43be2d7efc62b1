public import Tensors

/// a + b. Inputs and result: [rows, columns].
public struct Add: Operation {
  public static let name = "add"
  public init() {}

  public func outputShape(_ inputs: [ProgramTensor]) throws(ProgramError) -> (rows: RowCount, columns: Int) {
    try inputs.expect(2, for: self)
    guard inputs[0].rows == inputs[1].rows, inputs[0].columns == inputs[1].columns else {
      throw ProgramError("\(self): \(inputs[0].columns) and \(inputs[1].columns) columns")
    }
    return (inputs[0].rows, inputs[0].columns)
  }

  public func cost(_ inputs: [(tensor: ProgramTensor, format: BlockFormat)], size: StepSize) -> Cost {
    let count = size.rows(inputs[0].tensor.rows) * inputs[0].tensor.columns
    return Cost(floatOperations: count, byteCount: 12 * count)
  }

  public func evaluate(_ call: inout ReferenceCall) throws(ProgramError) {
    call.output.values = zip(try call.matrix(0).values, try call.matrix(1).values).map { $0 + $1 }
  }

  public func errorBound(_ call: ReferenceCall) -> [Float] { call.output.values.map { abs($0) * 2 * unitRoundoff } }

  public static var cases: [OperationCase] {
    [(1, 64), (5, 37), (33, 300), (1, 1)].map { tokens, columns in
      .oneStep("\(tokens)×\(columns)", tokens: tokens) { program throws(ProgramError) in
        let a = program.input("a", rows: .tokens, columns: columns)
        let b = program.input("b", rows: .tokens, columns: columns)
        return try program.append(Add(), [a, b], name: "sum")
      }
    }
  }
}
