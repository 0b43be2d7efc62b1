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
  /// With the position it alone decides what is drawn, see `SamplingRule.uniform`.
  public var seed: UInt64

  public init(
    temperature: Float = 0, topK: Int = 0, topP: Float = 1, minP: Float = 0, repetitionPenalty: Float = 1,
    seed: UInt64 = 0
  ) {
    self.temperature = temperature
    self.topK = topK
    self.topP = topP
    self.minP = minP
    self.repetitionPenalty = repetitionPenalty
    self.seed = seed
  }

  public static let greedy = SamplingParameters()

  public var isGreedy: Bool { temperature == 0 || topK == 1 }
  /// Whether the ids before matter.
  public var penalises: Bool { repetitionPenalty != 1 }

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
  }
}
