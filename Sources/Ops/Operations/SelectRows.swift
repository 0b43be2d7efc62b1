public import Tensors

/// Copies the rows whose logits are wanted. Input: [tokens, columns]. Result: [outputs, columns].
public struct SelectRows: Operation {
  public static let name = "select_rows"
  public init() {}

  public func outputShape(_ inputs: [ProgramTensor]) throws(ProgramError) -> (rows: RowCount, columns: Int) {
    try inputs.expect(1, for: self)
    guard inputs[0].rows == .tokens else { throw ProgramError("\(self): the input has no row per token") }
    return (.outputs, inputs[0].columns)
  }

  public func cost(_ inputs: [(tensor: ProgramTensor, format: BlockFormat)], size: StepSize) -> Cost {
    Cost(floatOperations: 0, byteCount: 8 * size.outputs * inputs[0].tensor.columns)
  }

  public func evaluate(_ call: inout ReferenceCall) throws(ProgramError) {
    let x = try call.matrix(0)
    for (output, row) in call.step.outputRows.enumerated() { call.output.replace(row: output, with: x.row(Int(row))) }
  }

  public static var cases: [OperationCase] {
    [(1, 64, [0]), (7, 37, [6]), (9, 300, [8, 0, 3])].map { tokens, columns, rows in
      .oneStep("\(rows.count) of \(tokens)×\(columns)", tokens: tokens, outputRows: rows) {
        program throws(ProgramError) in
        let x = program.input("x", rows: .tokens, columns: columns)
        return try program.append(SelectRows(), [x], name: "selected")
      }
    }
  }
}
