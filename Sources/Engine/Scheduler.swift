public import Ops

/// Decides which rows run next; a pure function of the sequences.
public struct Scheduler: Hashable, Sendable {
  public let limits: ExecutionLimits
  public init(limits: ExecutionLimits) { self.limits = limits }

  /// The next step, or nil where nothing is pending.
  ///
  /// Sequences that wait for one id only go first, so that a long prompt never stops the answers of others; what is
  /// left of the step goes to prompts in the order given, as chunks of which only the last has an output row.
  /// - Parameter tokenCount: tokens that the step may have, of which each answer takes one; nil for what is planned.
  public func nextBatch(_ sequences: [Sequence], tokenCount: Int? = nil) -> Batch? {
    let running = sequences.filter { $0.state == .running && $0.pendingCount > 0 }
    let ordered = running.filter { $0.pendingCount == 1 } + running.filter { $0.pendingCount > 1 }
    var parts: [Batch.Part] = []
    var freeTokens = min(limits.tokenCount, tokenCount ?? limits.tokenCount)
    var freeOutputs = limits.outputCount
    for sequence in ordered where freeTokens > 0 && parts.count < limits.sequenceCount {
      var count = min(sequence.pendingCount, freeTokens)
      // Without an output row left, a prompt may still advance, but not to its end.
      if count == sequence.pendingCount, freeOutputs == 0 { count -= 1 }
      guard count > 0 else { continue }
      let isOutput = count == sequence.pendingCount
      parts.append(
        Batch.Part(
          sequence: sequence.id, positions: sequence.cachedCount..<(sequence.cachedCount + count), isOutput: isOutput))
      freeTokens -= count
      if isOutput { freeOutputs -= 1 }
    }
    return parts.isEmpty ? nil : Batch(parts: parts)
  }
}
