/// How the next id is chosen from the logits; filters apply in the order of transformers.
public struct SamplingParameters: Hashable, Sendable {
  /// Divides the logits; 0 takes the likeliest id.
  public var temperature: Float
  /// Keeps that many of the likeliest ids; 0 keeps all.
  public var topK: Int
  /// Keeps the fewest ids whose probabilities reach this sum; 1 keeps all.
  public var topP: Float
  /// Keeps ids at least this fraction as likely as the likeliest; 0 keeps all.
  public var minP: Float
  /// Above 1 makes ids of prompt and answer less likely; 1 changes nothing.
  public var repetitionPenalty: Float
  /// Taken from the logits of ids that the answer has already; 0 changes nothing.
  public var presencePenalty: Float
  /// Taken from the logit of an id once for each time that the answer has it already; 0 changes nothing.
  public var frequencyPenalty: Float
  /// Added to the logits of some ids before all else; `ban` means that the id is never chosen.
  public var logitBias: [Int32: Float]
  /// How many of the likeliest ids come with an id, each with its log-probability, beside the id's own; nil for none at all.
  public var likeliestCount: Int?
  /// With the position it alone decides what is drawn, see `SamplingRule.uniform`.
  public var seed: UInt64

  public init(
    temperature: Float = 0, topK: Int = 0, topP: Float = 1, minP: Float = 0, repetitionPenalty: Float = 1,
    presencePenalty: Float = 0, frequencyPenalty: Float = 0, logitBias: [Int32: Float] = [:],
    likeliestCount: Int? = nil,
    seed: UInt64 = 0
  ) {
    self.temperature = temperature
    self.topK = topK
    self.topP = topP
    self.minP = minP
    self.repetitionPenalty = repetitionPenalty
    self.presencePenalty = presencePenalty
    self.frequencyPenalty = frequencyPenalty
    self.logitBias = logitBias
    self.likeliestCount = likeliestCount
    self.seed = seed
  }

  public static let greedy = SamplingParameters()
  /// The least logit bias.
  public static let ban: Float = -100
  /// Ids that may have a bias at most.
  public static let logitBiasLimit = 512

  public var isGreedy: Bool { temperature == 0 || topK == 1 }
  /// Whether it matters which ids prompt and answer have.
  public var penalisesSeen: Bool { repetitionPenalty != 1 }
  /// Whether it matters how often the answer has an id.
  public var penalisesChosen: Bool { presencePenalty != 0 || frequencyPenalty != 0 }
  /// Whether the ids before matter.
  public var penalises: Bool { penalisesSeen || penalisesChosen }

  /// - Throws: `ProgramError` that names the number out of range.
  public func validate() throws(ProgramError) {
    guard temperature.isFinite, temperature >= 0 else {
      throw ProgramError("temperature \(temperature) is not a number from 0 up")
    }
    guard topK >= 0 else { throw ProgramError("top-k \(topK) is below 0 (0 keeps all)") }
    guard topP > 0, topP <= 1 else { throw ProgramError("top-p \(topP) is not above 0 and at most 1") }
    guard minP >= 0, minP <= 1 else { throw ProgramError("min-p \(minP) is not between 0 and 1") }
    guard repetitionPenalty.isFinite, repetitionPenalty > 0 else {
      throw ProgramError("repetition penalty \(repetitionPenalty) is not a number above 0")
    }
    guard abs(presencePenalty) <= 2 else {
      throw ProgramError("presence penalty \(presencePenalty) is not between -2 and 2")
    }
    guard abs(frequencyPenalty) <= 2 else {
      throw ProgramError("frequency penalty \(frequencyPenalty) is not between -2 and 2")
    }
    if let likeliestCount, !(0...TokenLogProbabilities.limit).contains(likeliestCount) {
      throw ProgramError(
        "log-probabilities of the \(likeliestCount) likeliest ids; 0 to \(TokenLogProbabilities.limit) may be")
    }
    guard logitBias.count <= Self.logitBiasLimit else {
      throw ProgramError("\(logitBias.count) ids have a logit bias; \(Self.logitBiasLimit) may")
    }
    for (id, bias) in logitBias where !(abs(bias) <= -Self.ban) {
      throw ProgramError("a logit bias of \(bias) for id \(id) is not between \(Self.ban) and \(-Self.ban)")
    }
  }
}
