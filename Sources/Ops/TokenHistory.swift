/// The ids before, as far as a sequence's sampling parameters look at them.
public struct TokenHistory: Hashable, Sendable {
  /// Ids of prompt and answer; empty without a repetition penalty.
  public private(set) var seen = TokenSet()
  /// How often each id was chosen for the answer; empty without a presence or frequency penalty.
  public private(set) var counts = TokenCounts()

  public init() {}

  /// - Parameter vocabularySize: ids that can be penalised.
  public init(
    prompt: some Swift.Sequence<Int32>, answer: [Int32] = [], for parameters: SamplingParameters, vocabularySize: Int
  ) {
    if parameters.penalisesSeen { seen = TokenSet(prompt, vocabularySize: vocabularySize) }
    if parameters.penalisesChosen { counts = TokenCounts([], vocabularySize: vocabularySize) }
    for id in answer { append(id) }
  }

  /// Notes the next id of the answer.
  public mutating func append(_ id: Int32) {
    seen.insert(id)
    counts.count(id)
  }
}
