import Foundation
import Ops
import Testing

/// The definition of sampling against published numbers, exact probabilities and the rules of its filters.
@Suite struct SamplingTests {
  /// Probabilities 0.4, 0.3, 0.2, 0.1 in another order.
  let logits: [Float] = [log(0.2), log(0.4), log(0.1), log(0.3)]

  @Test func philoxGivesItsPublishedNumbers() {
    let zero = Philox.block(counter: .zero, key: .zero)
    #expect(zero == [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8])
    let ones = Philox.block(counter: SIMD4(repeating: .max), key: SIMD2(repeating: .max))
    #expect(ones == [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd])
    let pi = Philox.block(
      counter: [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344], key: [0xa409_3822, 0x299f_31d0])
    #expect(pi == [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1])
  }

  @Test func weightsAreHalvedEvery24Bits() {
    #expect(SamplingRule.weight(0) == 1 << 31)
    #expect(SamplingRule.weight(1 << 24) == 1 << 30)
    for distance in stride(from: UInt32(0), to: 8 << 24, by: 99_991) {
      let exact = exp2(31 - Double(distance) * 0x1p-24)
      #expect(abs(Double(SamplingRule.weight(distance)) - exact) <= exact * 0x1p-22 + 1)
    }
  }

  /// Pearson's statistic over seeds and over positions; its limit is passed by chance once in a million.
  @Test(arguments: [Float(0.5), 1, 2]) func drawsFollowTheExactProbabilities(temperature: Float) {
    let scores: [Float] = [0.3, -1.2, 2.5, 0, 0, -4, 1.1, 0.7]
    let weights = scores.map { exp(Double($0) / Double(temperature)) }
    let count = 40_000
    for bySeed in [true, false] {
      var drawn = [Int](repeating: 0, count: scores.count)
      for draw in 0..<count {
        let parameters = SamplingParameters(temperature: temperature, seed: bySeed ? UInt64(draw) : 77)
        drawn[Int(parameters.choice(from: scores, history: TokenHistory(), position: bySeed ? 5 : Int32(draw)))] += 1
      }
      let expected = weights.map { $0 / weights.reduce(0, +) * Double(count) }
      let statistic = zip(drawn, expected).reduce(0.0) { $0 + pow(Double($1.0) - $1.1, 2) / $1.1 }
      // Seven degrees of freedom.
      #expect(statistic < 41, "\(drawn) instead of \(expected)")
    }
  }

  /// The ids that some parameters let through.
  private func kept(_ parameters: SamplingParameters, of logits: [Float]) -> Set<Int32> {
    Set((0..<400).map { parameters.choice(from: logits, history: TokenHistory(), position: $0) })
  }

  @Test func filtersKeepTheBeginningOfTheOrder() {
    #expect(kept(SamplingParameters(temperature: 1), of: logits) == [0, 1, 2, 3])
    #expect(kept(SamplingParameters(temperature: 1, topK: 2), of: logits) == [1, 3])
    #expect(kept(SamplingParameters(temperature: 1, topP: 0.75), of: logits) == [0, 1, 3])
    #expect(kept(SamplingParameters(temperature: 1, minP: 0.45), of: logits) == [0, 1, 3])
    #expect(kept(SamplingParameters(temperature: 1, topK: 2, topP: 0.55), of: logits) == [1])
    let equal = [Float](repeating: 3, count: 8)
    #expect(kept(SamplingParameters(temperature: 1, topP: 0.5), of: equal) == [0, 1, 2, 3])
    #expect(kept(SamplingParameters(temperature: 1, topK: 3), of: equal) == [0, 1, 2])
    #expect(kept(SamplingParameters(temperature: 1e-30), of: logits) == [1])
    #expect(kept(SamplingParameters(temperature: 1, topP: 1e-30), of: logits) == [1])
    #expect(kept(SamplingParameters(temperature: 1, minP: 1), of: logits) == [1])
  }

  @Test func thePenaltyMovesWhatWasSeen() {
    let parameters = SamplingParameters(repetitionPenalty: 2)
    func choice(_ logits: [Float], seen: [Int32]) -> Int32 {
      let history = TokenHistory(prompt: seen, for: parameters, vocabularySize: logits.count)
      return parameters.choice(from: logits, history: history, position: 0)
    }
    #expect(choice([4, 3, -1], seen: [0]) == 1)
    #expect(choice([-2, -3, -1], seen: [2]) == 0)
    #expect(choice([-2, -3, -1], seen: []) == 2)
  }

  private static func history(_ vocabularySize: Int) -> TokenHistory {
    TokenHistory(prompt: [3], for: SamplingParameters(repetitionPenalty: 2), vocabularySize: vocabularySize)
  }

  @Test func stepsThatCannotBeSampledAreRefused() throws {
    let limits = ExecutionLimits(tokenCount: 2, outputCount: 2, pageCount: 2, pagesPerSequence: 2)
    var program = Program()
    program.setLogits(program.input("logits", rows: .outputs, columns: 40))
    func check(_ change: (inout StepInputs) -> Void) throws {
      var step = StepInputs(
        tokens: [1, 2], positions: [0, 1], sequences: [0, 0], pageTables: [[0, 1]], outputRows: [0, 1],
        sampling: [SamplingParameters(repetitionPenalty: 2)], histories: [Self.history(40)])
      change(&step)
      try step.check(against: limits, program: program)
    }
    try check { _ in }
    #expect(throws: ProgramError.self) { try check { $0.sampling.append(.greedy) } }
    #expect(throws: ProgramError.self) { try check { $0.sampling[0].topP = 0 } }
    #expect(throws: ProgramError.self) { try check { $0.histories = [] } }
    #expect(throws: ProgramError.self) { try check { $0.histories = [Self.history(80)] } }
    #expect(throws: ProgramError.self) { try check { $0.sampling[0].frequencyPenalty = 1 } }
    #expect(throws: ProgramError.self) { try check { $0.sampling[0].logitBias = [40: 1] } }
    #expect(throws: ProgramError.self) { try check { $0.repeatCount = 2 } }
    try check {
      $0.repeatCount = 2
      $0.sampling = [.greedy]
    }
  }
}
