/// When an answer ends.
public struct StopConditions: Hashable, Sendable {
  /// Ids that end an answer; empty where none should.
  public let endTokens: Set<Int32>
  /// Ids of the answer at most; nil leaves only the context as a bound.
  public let tokenLimit: Int?
  /// Ids of prompt and answer together at most.
  public let contextLength: Int

  public init(endTokens: Set<Int32>, tokenLimit: Int?, contextLength: Int) {
    self.endTokens = endTokens
    self.tokenLimit = tokenLimit
    self.contextLength = contextLength
  }

  /// Why the answer ends with its latest id, or nil where it goes on.
  public func reason(for sequence: Sequence) -> FinishReason? {
    if let last = sequence.answer.last, endTokens.contains(last) { return .stop }
    if let tokenLimit, sequence.answer.count >= tokenLimit { return .length }
    return sequence.tokens.count >= contextLength ? .context : nil
  }

  /// Ids that may still follow.
  public func remainingCount(for sequence: Sequence) -> Int {
    let inContext = contextLength - sequence.tokens.count
    return max(0, min(inContext, tokenLimit.map { $0 - sequence.answer.count } ?? inContext))
  }
}
