import ArgumentParser
package import Models
package import Ops

/// How answers are sampled; what is not given comes from the model's generation_config.json.
package struct SamplingOptions: ParsableArguments {
  package init() {}

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Tokens of the answer at most (default: until the model ends it).", valueName: "n"))
  var maxTokens: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Above 1 more varied, below 1 more certain, 0 always the likeliest.", valueName: "t"))
  var temperature: Float?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Sample among the K likeliest tokens; 0: among all.", valueName: "k"))
  var topK: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Sample among the fewest tokens that reach this probability.", valueName: "p"))
  var topP: Float?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Sample among tokens at least this fraction as likely as the likeliest.", valueName: "p"))
  var minP: Float?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Above 1: make tokens less likely that were there before.", valueName: "factor"))
  var repetitionPenalty: Float?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Taken from the logits of tokens that the answer has already, -2 to 2.", valueName: "number"))
  var presencePenalty: Float?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The same once for each time that the answer has the token, -2 to 2.", valueName: "number"))
  var frequencyPenalty: Float?

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "Added to the logit of a token, -100 to 100, where -100 bans it; may be repeated.", valueName: "id=value"))
  var logitBias: [LogitBiasArgument] = []

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Sample the same answer again with the same number (default: a new one).", valueName: "n"))
  var seed: UInt64?

  @Flag(help: "Always take the likeliest token, whatever else is said.")
  var greedy = false

  @Flag(help: "Go on where the model would end its answer.")
  var ignoreEos = false

  package mutating func validate() throws {
    if let maxTokens, maxTokens < 1 { throw ValidationError("--max-tokens \(maxTokens) is below 1") }
    var biased: Set<Int32> = []
    for bias in logitBias where !biased.insert(bias.id).inserted {
      throw ValidationError("--logit-bias names id \(bias.id) twice: give each id one value")
    }
    do { try parameters(GenerationDefaults()).validate() } catch { throw ValidationError("\(error)") }
  }

  /// What transformers uses where a model samples and does not say among how many.
  private static let defaultTopK = 50

  /// Options before the model's defaults; greedy where neither samples.
  package func parameters(_ defaults: GenerationDefaults) -> SamplingParameters {
    var parameters = SamplingParameters(seed: seed ?? UInt64.random(in: 0...UInt64(Int64.max)))
    parameters.repetitionPenalty = repetitionPenalty ?? defaults.repetitionPenalty.map { Float($0) } ?? 1
    parameters.presencePenalty = presencePenalty ?? 0
    parameters.frequencyPenalty = frequencyPenalty ?? 0
    parameters.logitBias = Dictionary(logitBias.map { ($0.id, $0.bias) }) { first, _ in first }
    let isAsked = temperature != nil || topK != nil || topP != nil || minP != nil
    guard !greedy, isAsked || defaults.samples else { return parameters }
    let usual = defaults.samples ? defaults : GenerationDefaults()
    parameters.temperature = temperature ?? usual.temperature.map { Float($0) } ?? 1
    parameters.topK = topK ?? usual.topK ?? (defaults.samples ? Self.defaultTopK : 0)
    parameters.topP = topP ?? usual.topP.map { Float($0) } ?? 1
    parameters.minP = minP ?? usual.minP.map { Float($0) } ?? 0
    return parameters
  }
}
