import Foundation
import Ops
import Testing

/// How often each id is drawn from the same logits in `count` draws.
private func shares(_ logits: [Float], _ parameters: SamplingParameters, count: Int = 20_000) -> [Double] {
  var drawn = [Int](repeating: 0, count: logits.count)
  for position in 0..<Int32(count) {
    drawn[Int(parameters.choice(from: logits, history: TokenHistory(), position: position))] += 1
  }
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

private func expectNear(_ values: [Double], _ expected: [Double], _ distance: Double) {
  #expect(values.count == expected.count && zip(values, expected).allSatisfy { abs($0 - $1) < distance }, "\(values)")
}

/// One id after the other from given logits.
private struct Chooser {
  let parameters: SamplingParameters
  var history: TokenHistory

  init(_ parameters: SamplingParameters, prompt: [Int32] = []) {
    self.parameters = parameters
    history = TokenHistory(prompt: prompt, for: parameters, vocabularySize: 4)
  }

  mutating func next(_ logits: [Float]) -> Int32 {
    let id = parameters.choice(from: logits, history: history, position: 0)
    history.append(id)
    return id
  }
}

/// The definition of sampling: how often ids are drawn, and what biases and penalties do to their order.
@Suite struct SamplingShareTests {
  /// Probabilities 0.4, 0.3, 0.2, 0.1 in another order.
  let logits: [Float] = [log(0.2), log(0.4), log(0.1), log(0.3)]

  @Test func splitMixGivesItsPublishedNumbers() {
    var random = SeededGenerator(seed: 1_234_567)
    let numbers = (0..<3).map { _ in random.next() }
    #expect(numbers == [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423])
  }

  @Test func drawsFollowTheProbabilities() throws {
    expectNear(shares(logits, SamplingParameters(temperature: 1, seed: 1)), [0.2, 0.4, 0.1, 0.3])
  }

  @Test func temperatureIsAPowerOfTheProbabilities() throws {
    let squared: [Double] = [0.04 / 0.3, 0.16 / 0.3, 0.01 / 0.3, 0.09 / 0.3]
    expectNear(shares(logits, SamplingParameters(temperature: 0.5, seed: 2)), squared)
  }

  @Test func topKKeepsTheLikeliest() throws {
    expectNear(
      shares(logits, SamplingParameters(temperature: 1, topK: 2, seed: 3)), [0, 4.0 / 7, 0, 3.0 / 7])
  }

  @Test func topPKeepsTheFewestThatReachIt() throws {
    func kept(_ topP: Float) -> [Double] {
      shares(logits, SamplingParameters(temperature: 1, topP: topP, seed: 4))
    }
    expectNear(kept(0.39), [0, 1, 0, 0])
    expectNear(kept(0.41), [0, 4.0 / 7, 0, 3.0 / 7])
    expectNear(kept(0.75), [2.0 / 9, 4.0 / 9, 0, 3.0 / 9])
  }

  @Test func minPIsRelativeToTheLikeliest() throws {
    expectNear(
      shares(logits, SamplingParameters(temperature: 1, minP: 0.45, seed: 5)), [2.0 / 9, 4.0 / 9, 0, 3.0 / 9])
  }

  @Test func temperatureComesBeforeTopP() throws {
    // Squared, the two likeliest hold 0.25/0.3 = 0.83 of the mass; unsquared only 0.7.
    let shares = shares(logits, SamplingParameters(temperature: 0.5, topP: 0.8, seed: 6))
    expectNear(shares, [0, 0.16 / 0.25, 0, 0.09 / 0.25])
  }

  @Test func topKComesBeforeTopP() throws {
    // Of the two likeliest, the first holds 4/7 = 0.57.
    expectNear(shares(logits, SamplingParameters(temperature: 1, topK: 2, topP: 0.55, seed: 7)), [0, 1, 0, 0])
  }

  @Test func theRepetitionPenaltyDividesPositiveAndMultipliesNegativeLogitsOnce() throws {
    var chooser = Chooser(SamplingParameters(repetitionPenalty: 2), prompt: [0, 0, 3])
    // 4 / 2 = 2, -1, -3, -1 · 2 = -2: id 0 still leads; once it falls behind, it stays behind.
    #expect(chooser.next([4, -1, -3, -1]) == 0)
    #expect(chooser.next([4, 2.5, -3, -1]) == 1)
    #expect(chooser.next([-1, -1.5, -1.9, -0.8]) == 3)
    #expect(chooser.next([-1, -1.5, -1.9, -1]) == 2)
  }

  @Test func thePresencePenaltyIsTakenOnceAndOnlyForTheAnswer() {
    var chooser = Chooser(SamplingParameters(presencePenalty: 1), prompt: [0, 1, 2, 3])
    #expect((0..<4).map { _ in chooser.next([3, 2.5, 1.75, 0]) } == [0, 1, 0, 0])
    var rewarded = Chooser(SamplingParameters(presencePenalty: -2))
    #expect((0..<2).map { [[Float(1), 0], [0, 1.5]][$0] }.map { rewarded.next($0) } == [0, 0])
  }

  @Test func theFrequencyPenaltyIsTakenForEachTime() {
    var chooser = Chooser(SamplingParameters(frequencyPenalty: 1), prompt: [0, 0, 0])
    #expect((0..<6).map { _ in chooser.next([3, 1.5, 0.25, -1]) } == [0, 0, 1, 0, 1, 2])
    var both = Chooser(SamplingParameters(presencePenalty: 0.5, frequencyPenalty: 0.25))
    #expect((0..<4).map { _ in both.next([3, 2.5, 2.1, 0]) } == [0, 1, 0, 2])
  }

  @Test func aBiasComesBeforeThePenaltiesAndMayBan() {
    var chooser = Chooser(SamplingParameters(repetitionPenalty: 2, logitBias: [1: 4, 2: SamplingParameters.ban]))
    // 1 + 4 leads, then (1 + 4) / 2 does against 2.6 no more.
    #expect((0..<2).map { _ in chooser.next([2.6, 1, 100, 0]) } == [1, 0])
    var banned = Chooser(SamplingParameters(logitBias: [0: -100, 1: -100, 2: -100, 3: -100]))
    #expect(banned.next([1, 2, 3, 4]) == -1)
    var small = Chooser(SamplingParameters(logitBias: [0: 0x1p-133, 3: -99.9]))
    #expect(small.next([0, 0, 0, 200]) == 3)
  }

  @Test func logProbabilitiesAreOfTheLogitsAsTheyAre() {
    let parameters = SamplingParameters(temperature: 9, presencePenalty: 2, logitBias: [1: -100], likeliestCount: 3)
    let row = parameters.logProbabilities(of: 2, in: logits)
    let told = TokenLogProbabilities(row: row[...], count: 3)
    #expect(told.likeliest.map(\.id) == [1, 3, 0])
    expectNear(
      ([told.chosen] + told.likeliest.map(\.logProbability)).map { exp(Double($0)) }, [0.1, 0.4, 0.3, 0.2], 1e-6)
    func ids(_ logits: [Float], chosen: Int32 = 0) -> [Int32] {
      TokenLogProbabilities(row: parameters.logProbabilities(of: chosen, in: logits)[...], count: 3).likeliest.map(\.id)
    }
    #expect(ids([2, 5, 5, 5]) == [1, 2, 3])
    #expect(ids([2, -.infinity, 5]) == [2, 0])
    #expect(ids([2, .nan, 5], chosen: -1) == [])
  }

  @Test func countsStopAtTheirLimit() {
    var counts = TokenCounts([3, 3, 4, 9, -1], vocabularySize: 5)
    #expect((0..<6).map { counts[$0] } == [0, 0, 0, 2, 1, 0])
    for _ in 0..<70_000 { counts.count(2) }
    #expect(counts[2] == 65_535 && counts[3] == 2)
  }

  @Test func equalLogitsGoToTheLowestID() throws {
    var chooser = Chooser(.greedy)
    #expect(chooser.next([1, 5, 5, 5]) == 1)
    let shares = shares([0, 0, 0, 0], SamplingParameters(temperature: 1, topK: 2, seed: 8))
    expectNear(shares, [0.5, 0.5, 0, 0])
  }

  @Test func extremeLogitsNeitherOverflowNorVanish() throws {
    expectNear(
      shares([-3e38, 3e38, 3e38], SamplingParameters(temperature: 0.01, topP: 0.9, minP: 0.5, seed: 9)),
      [0, 0.5, 0.5])
  }

  @Test(arguments: [Float.nan, .infinity]) func logitsThatAreNoNumbersGiveNoID(bad: Float) {
    var chooser = Chooser(SamplingParameters(temperature: 1, logitBias: [1: -100]))
    #expect(chooser.next([0, bad, 1, 0]) == -1)
  }

  @Test func numbersOutOfRangeAreNamed() {
    let bad = [
      SamplingParameters(temperature: -1), SamplingParameters(temperature: .nan), SamplingParameters(topK: -1),
      SamplingParameters(topP: 0), SamplingParameters(topP: 1.1), SamplingParameters(minP: -0.1),
      SamplingParameters(repetitionPenalty: 0), SamplingParameters(presencePenalty: 2.1),
      SamplingParameters(presencePenalty: .nan), SamplingParameters(frequencyPenalty: -2.1),
      SamplingParameters(logitBias: [3: 101]), SamplingParameters(logitBias: [3: .nan]),
      SamplingParameters(likeliestCount: 21), SamplingParameters(likeliestCount: -1),
      SamplingParameters(logitBias: Dictionary(uniqueKeysWithValues: (0..<513).map { ($0, 1) })),
    ]
    for parameters in bad { #expect(throws: ProgramError.self) { try parameters.validate() } }
    #expect(throws: Never.self) { try SamplingParameters(temperature: 2, topK: 5, topP: 0.5, minP: 1).validate() }
  }
}
