public import Ops

/// Decides which rows run next; a pure function of the sequences.
public struct Scheduler: Hashable, Sendable {
  public let limits: ExecutionLimits
  /// Whether a step holds rows of prompts or of answers, never both, since the device rounds them differently.
  public let separatesPrompts: Bool

  public init(limits: ExecutionLimits, separatesPrompts: Bool = false) {
    self.limits = limits
    self.separatesPrompts = separatesPrompts
  }

  /// Answers that are fed once more have at most so many tokens of a step: they are computed more exactly than prompts, and nothing
  /// says how fast.
  private static let mostFedAgain = 64

  /// The next step, or nil where nothing is pending.
  ///
  /// Sequences that wait for one id only go first, so that a long prompt never stops the answers of others; what is
  /// left of the step goes to prompts in the order given, as chunks of which only the last has an output row. Where prompts
  /// are apart, they take turns with answers. Prompts that others wait for get a quarter of a step, so that answers come four
  /// times as often.
  /// - Parameters:
  ///   - promptCount: tokens that prompts may have of a step of their own; nil for what is planned.
  ///   - previous: the step before.
  public func nextBatch(_ sequences: [Sequence], promptCount: Int? = nil, after previous: Batch? = nil) -> Batch? {
    let running = sequences.filter { $0.state == .running && $0.pendingCount > 0 }
    let isAwaited = running.contains { $0.pendingCount == 1 }
    let shared = promptCount.map { isAwaited ? max(1, $0 / 4) : $0 } ?? limits.tokenCount
    guard separatesPrompts else { return batch(of: running, promptCount: shared, isPrompt: false) }
    let prompts = running.filter { $0.cachedCount < $0.promptCount }
    let answers = running.filter { $0.cachedCount >= $0.promptCount }
    if answers.isEmpty || !prompts.isEmpty && previous?.isPrompt == false {
      return batch(of: prompts, promptCount: shared, isPrompt: true)
    }
    return batch(of: answers, promptCount: min(shared, Self.mostFedAgain), isPrompt: false)
  }

  private func batch(of running: [Sequence], promptCount: Int, isPrompt: Bool) -> Batch? {
    let single = running.filter { $0.pendingCount == 1 }
    let ordered = single + running.filter { $0.pendingCount > 1 }
    var parts: [Batch.Part] = []
    var freeTokens = min(limits.tokenCount, single.count + promptCount)
    var freeOutputs = limits.outputCount
    for sequence in ordered where freeTokens > 0 && parts.count < limits.sequenceCount {
      let end = isPrompt ? sequence.promptCount : sequence.tokens.count
      var count = min(end - sequence.cachedCount, freeTokens)
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
    return parts.isEmpty ? nil : Batch(parts: parts, isPrompt: isPrompt, isFull: freeTokens == 0)
  }
}
