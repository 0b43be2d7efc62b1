public import Ops

/// Chooses ids from logits on the host, by the definition that devices follow, so with the same seed the same ids.
///
/// Serves requests that no device does: those with a logit bias.
public struct Sampler: Sendable {
  public let parameters: SamplingParameters
  /// Added to the logits of some ids before all else.
  public let logitBias: [Int32: Float]
  private let prompt: [Int32]
  private var seen = TokenSet()
  private var chosenCount = 0

  /// - Parameter prompt: ids that the repetition penalty counts from the start.
  public init(_ parameters: SamplingParameters, prompt: [Int32], logitBias: [Int32: Float] = [:]) {
    self.parameters = parameters
    self.prompt = prompt
    self.logitBias = logitBias
  }

  /// The next id, which counts as seen from now on.
  ///
  /// - Throws: `GenerationError` of kind `.numeric` where a logit is not finite or there is none.
  public mutating func next(_ logits: [Float]) throws(GenerationError) -> Int32 {
    try Self.check(logits)
    var biased = logits
    for (id, bias) in logitBias where logits.indices.contains(Int(id)) { biased[Int(id)] += bias }
    if parameters.penalises, chosenCount == 0 { seen = TokenSet(prompt, vocabularySize: logits.count) }
    let position = Int32(truncatingIfNeeded: prompt.count - 1 + chosenCount)
    let id = parameters.choice(from: biased, seen: seen, position: position)
    guard id >= 0 else { throw GenerationError(.numeric, "the logit bias makes logits that are no numbers") }
    seen.insert(id)
    chosenCount += 1
    return id
  }

  /// Proves that logits can be ranked.
  ///
  /// - Throws: `GenerationError` of kind `.numeric` where a logit is not finite or there is none.
  public static func check(_ logits: [Float]) throws(GenerationError) {
    guard !logits.isEmpty else { throw GenerationError(.numeric, "the model gave no logits") }
    guard let bad = logits.firstIndex(where: { !$0.isFinite }) else { return }
    throw GenerationError(
      .numeric, "the model gave \(logits[bad]) as the logit of id \(bad): weights or device are at fault")
  }
}
