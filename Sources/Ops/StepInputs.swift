/// All that varies from one step to the next; everything else is fixed when a program is prepared.
public struct StepInputs: Sendable, Hashable {
  /// The token of each row.
  public var tokens: [Int32]
  /// The position of each row in its sequence, from 0; the row attends to positions 0…position.
  public var positions: [Int32]
  /// For each row the index of its sequence in `pageTables`.
  public var sequences: [Int32]
  /// For each sequence the pages of the key-value pool that hold its positions, in order.
  public var pageTables: [[Int32]]
  /// The rows whose logits are wanted.
  public var outputRows: [Int32]
  /// How many greedy steps to chain: after each, the sampled id becomes its row's token and the position advances by one.
  /// Above 1, every row must be an output row and the pages for all steps must be granted.
  public var repeatCount: Int

  public init(
    tokens: [Int32], positions: [Int32], sequences: [Int32], pageTables: [[Int32]], outputRows: [Int32],
    repeatCount: Int = 1
  ) {
    self.tokens = tokens
    self.positions = positions
    self.sequences = sequences
    self.pageTables = pageTables
    self.outputRows = outputRows
    self.repeatCount = repeatCount
  }

  public var size: StepSize {
    StepSize(tokens: tokens.count, outputs: outputRows.count, context: Int(positions.max() ?? 0) + 1)
  }
}

/// What a run of a step gives back.
public struct StepOutputs: Sendable {
  /// For each chained step the greedy id of each output row; empty where the program has no logits.
  public var sampled: [[Int32]]
  /// The tensors asked for, row-major, as of the last chained step.
  public var tensors: [TensorID: [Float]]
  /// Time from submission to completion, in seconds; a measurement, not a promise.
  public var seconds: Double

  public init(sampled: [[Int32]], tensors: [TensorID: [Float]], seconds: Double) {
    self.sampled = sampled
    self.tensors = tensors
    self.seconds = seconds
  }
}
