public import Ops

/// The number of a sequence within its engine; never used twice.
public struct SequenceID: Hashable, Sendable, Comparable, CustomStringConvertible {
  public let number: Int
  public init(_ number: Int) { self.number = number }
  public static func < (a: SequenceID, b: SequenceID) -> Bool { a.number < b.number }
  public var description: String { "sequence \(number)" }
}

/// One prompt and the answer that grows behind it; its pages are in the `KVPool` under the same id.
public struct Sequence: Sendable, Identifiable {
  public enum State: Hashable, Sendable {
    /// Ids are waiting to be fed.
    case running
    case finished(FinishReason)
  }

  public let id: SequenceID
  /// Prompt, then answer; the index of an id is its position.
  public private(set) var tokens: [Int32]
  public let promptCount: Int
  /// Positions from 0 whose keys and values lie in the pool.
  public private(set) var cachedCount: Int
  public var state: State = .running
  /// How the answer is chosen.
  public let sampling: SamplingParameters
  /// The ids so far, where they are penalised; empty elsewhere.
  public private(set) var history: TokenHistory

  /// - Parameters:
  ///   - cachedCount: leading ids whose keys and values are in the pool already.
  ///   - vocabularySize: ids that can be penalised.
  public init(
    id: SequenceID, prompt: [Int32], cachedCount: Int = 0, sampling: SamplingParameters = .greedy,
    vocabularySize: Int = 0
  ) {
    self.sampling = sampling
    history = TokenHistory(prompt: prompt, for: sampling, vocabularySize: vocabularySize)
    self.id = id
    self.tokens = prompt
    self.promptCount = prompt.count
    self.cachedCount = min(max(cachedCount, 0), prompt.count)
  }

  /// Ids of the answer so far.
  public var answer: ArraySlice<Int32> { tokens[promptCount...] }
  /// Ids that the next steps must feed.
  public var pendingCount: Int { tokens.count - cachedCount }

  /// The same for what is kept of it once it is over.
  var withoutHistory: Sequence {
    var sequence = self
    sequence.history = TokenHistory()
    return sequence
  }

  public mutating func append(_ token: Int32) {
    tokens.append(token)
    history.append(token)
  }

  /// Notes that the keys and values of positions below `count` are in the pool.
  ///
  /// A burst that was cut fed ids which the sequence does not have; those positions do not count.
  public mutating func markCached(upTo count: Int) { cachedCount = min(count, tokens.count) }

  /// How many leading ids `prompt` shares with the cached part of this sequence.
  public func cachedPrefixCount(sharedWith prompt: [Int32]) -> Int {
    let limit = min(cachedCount, prompt.count)
    var count = 0
    while count < limit, tokens[count] == prompt[count] { count += 1 }
    return count
  }
}
