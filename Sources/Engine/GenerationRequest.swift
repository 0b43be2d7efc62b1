public import Ops

/// A prompt and what to do with it.
public struct GenerationRequest: Sendable {
  public var prompt: [Int32]
  public var sampling: SamplingParameters
  /// Ids that end the answer; empty where none should.
  public var endTokens: Set<Int32>
  /// Ids of the answer at most; nil leaves only the context as a bound.
  public var tokenLimit: Int?

  public init(
    prompt: [Int32], sampling: SamplingParameters = .greedy, endTokens: Set<Int32> = [], tokenLimit: Int? = nil
  ) {
    self.prompt = prompt
    self.sampling = sampling
    self.endTokens = endTokens
    self.tokenLimit = tokenLimit
  }
}

/// What a running request reports.
public enum GenerationEvent: Hashable, Sendable {
  /// The next id of the answer, with its log-probabilities where the request asks for them; an end token is not part of it.
  case token(Int32, TokenLogProbabilities? = nil)
  /// The last event.
  case finished(GenerationSummary)
}

/// How a request ended and what it took.
public struct GenerationSummary: Hashable, Sendable {
  public let reason: FinishReason
  /// The id that ended the answer where `reason` is `.stop`.
  public let endToken: Int32?
  public let timings: GenerationTimings
}

/// Counts and wall times of one request.
public struct GenerationTimings: Hashable, Sendable {
  public var promptCount = 0
  /// Ids of the prompt whose keys and values were in the pool already.
  public var reusedCount = 0
  /// Ids that the model gave, an end token included.
  public var generatedCount = 0
  /// From the arrival of the request to its start, in seconds.
  public var waitingSeconds = 0.0
  /// From the start of the request to the first id, in seconds.
  public var prefillSeconds = 0.0
  /// From the first id to the last, in seconds.
  public var decodeSeconds = 0.0
  /// Steps run on the backend, chained ones counted each.
  public var stepCount = 0
  /// How often its pages went to others, so that all was fed once more.
  public var preemptionCount = 0

  public init() {}

  /// Fed ids of the prompt per second.
  public var promptTokensPerSecond: Double {
    prefillSeconds > 0 ? Double(promptCount - reusedCount) / prefillSeconds : 0
  }
  /// Ids after the first per second.
  public var tokensPerSecond: Double {
    decodeSeconds > 0 && generatedCount > 1 ? Double(generatedCount - 1) / decodeSeconds : 0
  }
}
