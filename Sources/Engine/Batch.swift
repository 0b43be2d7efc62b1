public import Ops

/// What runs in one step: for each sequence a stretch of its ids.
public struct Batch: Hashable, Sendable {
  public struct Part: Hashable, Sendable {
    public let sequence: SequenceID
    /// Positions whose ids are fed.
    public let positions: Range<Int>
    /// Whether the logits behind the last position are wanted.
    public let isOutput: Bool

    public init(sequence: SequenceID, positions: Range<Int>, isOutput: Bool) {
      self.sequence = sequence
      self.positions = positions
      self.isOutput = isOutput
    }
  }

  public var parts: [Part]
  /// Whether every part is of a prompt, where that makes a difference.
  public let isPrompt: Bool
  /// Whether its prompts have all the tokens that they may have.
  public let isFull: Bool

  public init(parts: [Part], isPrompt: Bool = false, isFull: Bool = false) {
    self.parts = parts
    self.isPrompt = isPrompt
    self.isFull = isFull
  }

  public var tokenCount: Int { parts.reduce(0) { $0 + $1.positions.count } }

  /// Whether steps may be chained: every row must be an output row.
  public var mayRepeat: Bool { !isPrompt && parts.allSatisfy { $0.isOutput && $0.positions.count == 1 } }

  /// The inputs of the step, in the order of `parts`.
  ///
  /// - Throws: `KVPoolError` where a sequence is missing or its granted pages do not hold the positions to be written.
  public func inputs(
    sequences: [SequenceID: Sequence], pool: KVPool, repeatCount: Int = 1
  ) throws(KVPoolError) -> StepInputs {
    var inputs = StepInputs(
      tokens: [], positions: [], sequences: [], pageTables: [], outputRows: [], repeatCount: repeatCount,
      isPrompt: isPrompt)
    for (index, part) in parts.enumerated() {
      guard let sequence = sequences[part.sequence], part.positions.upperBound <= sequence.tokens.count else {
        throw KVPoolError("\(part.sequence) has no ids for positions \(part.positions)")
      }
      let end = part.positions.upperBound + repeatCount - 1
      guard pool.capacity(of: part.sequence) >= end else {
        throw KVPoolError("\(part.sequence) writes up to position \(end - 1), its pages end before")
      }
      for position in part.positions {
        inputs.tokens.append(sequence.tokens[position])
        inputs.positions.append(Int32(position))
        inputs.sequences.append(Int32(index))
      }
      inputs.pageTables.append(pool.pages(of: part.sequence))
      inputs.sampling.append(sequence.sampling)
      inputs.histories.append(sequence.history)
      if part.isOutput { inputs.outputRows.append(Int32(inputs.tokens.count - 1)) }
    }
    return inputs
  }
}
