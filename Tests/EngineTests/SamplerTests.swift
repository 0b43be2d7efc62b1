import Engine
import Foundation
import Ops
import Testing

/// How often each id is drawn from the same logits in `count` draws.
private func shares(_ logits: [Float], _ parameters: SamplingParameters, count: Int = 20_000) throws -> [Double] {
  var sampler = Sampler(parameters, prompt: [])
  var drawn = [Int](repeating: 0, count: logits.count)
  for _ in 0..<count { drawn[Int(try sampler.next(logits))] += 1 }
  return drawn.map { Double($0) / Double(count) }
}

private func expectNear(_ shares: [Double], _ expected: [Double], sourceLocation: SourceLocation = #_sourceLocation) {
  for (share, expected) in zip(shares, expected) {
    // Five standard deviations of 20,000 draws.
    let variance: Double = expected * (1 - expected) / 20_000
    let distance: Double = abs(share - expected)
    #expect(distance <= 5 * variance.squareRoot(), "\(share) instead of \(expected)", sourceLocation: sourceLocation)
  }
}

@Suite struct SamplerTests {
  /// Probabilities 0.4, 0.3, 0.2, 0.1 in another order.
  let logits: [Float] = [log(0.2), log(0.4), log(0.1), log(0.3)]

  @Test func splitMixGivesItsPublishedNumbers() {
    var random = SeededGenerator(seed: 1_234_567)
    let numbers = (0..<3).map { _ in random.next() }
    #expect(numbers == [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423])
  }

  @Test func drawsFollowTheProbabilities() throws {
    expectNear(try shares(logits, SamplingParameters(temperature: 1, seed: 1)), [0.2, 0.4, 0.1, 0.3])
  }

  @Test func temperatureIsAPowerOfTheProbabilities() throws {
    let squared: [Double] = [0.04 / 0.3, 0.16 / 0.3, 0.01 / 0.3, 0.09 / 0.3]
    expectNear(try shares(logits, SamplingParameters(temperature: 0.5, seed: 2)), squared)
  }

  @Test func topKKeepsTheLikeliest() throws {
    expectNear(
      try shares(logits, SamplingParameters(temperature: 1, topK: 2, seed: 3)), [0, 4.0 / 7, 0, 3.0 / 7])
  }

  @Test func topPKeepsTheFewestThatReachIt() throws {
    func kept(_ topP: Float) throws -> [Double] {
      try shares(logits, SamplingParameters(temperature: 1, topP: topP, seed: 4))
    }
    expectNear(try kept(0.39), [0, 1, 0, 0])
    expectNear(try kept(0.41), [0, 4.0 / 7, 0, 3.0 / 7])
    expectNear(try kept(0.75), [2.0 / 9, 4.0 / 9, 0, 3.0 / 9])
  }

  @Test func minPIsRelativeToTheLikeliest() throws {
    expectNear(
      try shares(logits, SamplingParameters(temperature: 1, minP: 0.45, seed: 5)), [2.0 / 9, 4.0 / 9, 0, 3.0 / 9])
  }

  @Test func temperatureComesBeforeTopP() throws {
    // Squared, the two likeliest hold 0.25/0.3 = 0.83 of the mass; unsquared only 0.7.
    let shares = try shares(logits, SamplingParameters(temperature: 0.5, topP: 0.8, seed: 6))
    expectNear(shares, [0, 0.16 / 0.25, 0, 0.09 / 0.25])
  }

  @Test func topKComesBeforeTopP() throws {
    // Of the two likeliest, the first holds 4/7 = 0.57.
    expectNear(try shares(logits, SamplingParameters(temperature: 1, topK: 2, topP: 0.55, seed: 7)), [0, 1, 0, 0])
  }

  @Test func theRepetitionPenaltyDividesPositiveAndMultipliesNegativeLogitsOnce() throws {
    var sampler = Sampler(SamplingParameters(repetitionPenalty: 2), prompt: [0, 0, 3])
    // 4 / 2 = 2, -1, -3, -1 · 2 = -2: id 0 still leads; once it falls behind, it stays behind.
    #expect(try sampler.next([4, -1, -3, -1]) == 0)
    #expect(try sampler.next([4, 2.5, -3, -1]) == 1)
    #expect(try sampler.next([-1, -1.5, -1.9, -0.8]) == 3)
    #expect(try sampler.next([-1, -1.5, -1.9, -1]) == 2)
  }

  @Test func equalLogitsGoToTheLowestID() throws {
    var sampler = Sampler(.greedy, prompt: [])
    #expect(try sampler.next([1, 5, 5, 5]) == 1)
    let shares = try shares([0, 0, 0, 0], SamplingParameters(temperature: 1, topK: 2, seed: 8))
    expectNear(shares, [0.5, 0.5, 0, 0])
  }

  @Test func extremeLogitsNeitherOverflowNorVanish() throws {
    expectNear(
      try shares([-3e38, 3e38, 3e38], SamplingParameters(temperature: 0.01, topP: 0.9, minP: 0.5, seed: 9)),
      [0, 0.5, 0.5])
  }

  @Test(arguments: [Float.nan, .infinity, -.infinity]) func logitsThatAreNoNumbersAreRefused(bad: Float) {
    var sampler = Sampler(SamplingParameters(temperature: 1), prompt: [])
    let error = #expect(throws: GenerationError.self) { try sampler.next([0, bad, 1]) }
    #expect(error?.kind == .numeric)
  }

  @Test func numbersOutOfRangeAreNamed() {
    let bad = [
      SamplingParameters(temperature: -1), SamplingParameters(temperature: .nan), SamplingParameters(topK: -1),
      SamplingParameters(topP: 0), SamplingParameters(topP: 1.1), SamplingParameters(minP: -0.1),
      SamplingParameters(repetitionPenalty: 0),
    ]
    for parameters in bad { #expect(throws: ProgramError.self) { try parameters.validate() } }
    #expect(throws: Never.self) { try SamplingParameters(temperature: 2, topK: 5, topP: 0.5, minP: 1).validate() }
  }
}
