public import Tensors

/// Copies the table's row of each token. Inputs: table [vocabulary, hidden]. Result: [tokens, hidden].
public struct Embedding: Operation {
  public static let name = "embedding"
  public init() {}

  public func outputShape(_ inputs: [ProgramTensor]) throws(ProgramError) -> (rows: RowCount, columns: Int) {
    try inputs.expect(1, for: self)
    return (.tokens, inputs[0].columns)
  }

  public func cost(_ inputs: [(tensor: ProgramTensor, format: BlockFormat)], size: StepSize) -> Cost {
    Cost(
      floatOperations: 0,
      byteCount: inputs[0].format.rowByteCount(inputs[0].tensor.columns) * size.tokens
        + 4 * size.tokens * inputs[0].tensor.columns)
  }

  public func evaluate(_ call: inout ReferenceCall) throws(ProgramError) {
    let table = try call.weight(0)
    for (row, token) in call.step.tokens.enumerated() {
      call.output.replace(row: row, with: try table.decoded(row: Int(token)))
    }
  }

  public static var cases: [OperationCase] {
    [(7, 40, 1), (64, 64, 3), (1000, 96, 33), (130, 20, 65), (37, 256, 5), (300, 768, 33)].map {
      vocabulary, hidden, tokens in
      OperationCase.oneStep("\(vocabulary)×\(hidden), \(tokens) tokens", tokens: tokens, vocabulary: vocabulary) {
        program throws(ProgramError) in
        let table = program.weight(["table"], rows: vocabulary, columns: hidden)
        return try program.append(Embedding(), [table], name: "embedded")
      }
    }
  }
}
