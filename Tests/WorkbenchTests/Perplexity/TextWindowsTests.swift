import Foundation
import Testing
import Workbench

/// How texts are cut, and what is said of a token: rules without a device.
@Suite struct TextWindowsTests {
  @Test func theSecondHalfCountsWithoutOverlap() {
    let windows = TextWindows(length: 512)
    #expect(windows.starts(tokenCount: 511) == [])
    #expect(windows.starts(tokenCount: 512) == [0])
    #expect(windows.starts(tokenCount: 1535) == [0, 512])
    // As llama.cpp: the logits of 256 to 510 predict the tokens 257 to 511.
    #expect(windows.scoredRows == 256..<511)
  }

  @Test(arguments: [(8, 1), (8, 3), (64, 16), (64, 63), (7, 6)])
  func overlappingWindowsCountEachTokenOnce(length: Int, stride: Int) {
    let windows = TextWindows(length: length, stride: stride)
    let counted = windows.starts(tokenCount: 3 * length).flatMap { start in
      windows.scoredRows.map { start + $0 + 1 }
    }
    #expect(counted == Array((length - stride)...(counted.last ?? 0)))
    #expect(counted.count > length)
  }

  @Test(arguments: [(512, 512, 512), (512, 100, 7), (64, 16, 16), (5, 2, 1)])
  func stepsCoverAWindowWithinTheirLimits(length: Int, tokenCount: Int, outputCount: Int) {
    for windows in [TextWindows(length: length), TextWindows(length: length, stride: 2)] {
      let steps = windows.steps(tokenCount: tokenCount, outputCount: outputCount)
      #expect(steps.flatMap { Array($0) } == Array(0..<(length - 1)))
      for rows in steps {
        #expect(rows.count <= tokenCount)
        let scored = rows.clamped(to: windows.scoredRows)
        #expect(scored.isEmpty || scored == rows && rows.count <= outputCount)
      }
    }
  }

  @Test func probabilitiesAreThoseOfSoftmax() {
    let halves = LogProbabilities([0, 0][...])
    #expect(halves[0] == log(0.5) && halves[1] == log(0.5) && halves.best == 0)
    let thirds = LogProbabilities([5, Float(-1e30), 5, 5].dropFirst(0))
    let third: Double = log(1.0 / 3)
    #expect(abs(thirds[2] - third) < 1e-15 && thirds.best == 0)
    // A slice of a longer row, and logits whose exp overflows.
    let large = LogProbabilities([9, 9, 1000, 1001, 1003][2...])
    let wanted: Double = -log(1 + exp(-2.0) + exp(-3.0))
    #expect(abs(large[2] - wanted) < 1e-12 && large.best == 2)
  }

  @Test func divergenceIsThatOfTheDefinition() {
    let one = LogProbabilities([Float(log(0.75)), Float(log(0.25))][...])
    let other = LogProbabilities([Float(log(0.5)), Float(log(0.5))][...])
    #expect(one.divergence(of: one) == 0)
    let forth: Double = 0.75 * log(1.5) + 0.25 * log(0.5)
    let back: Double = 0.5 * log(0.5 / 0.75) + 0.5 * log(2.0)
    #expect(abs(one.divergence(of: other) - forth) < 1e-6)
    #expect(abs(other.divergence(of: one) - back) < 1e-6)
  }

  @Test func percentilesAndRatiosComeFromTheTokens() {
    let tokens = (1...200).map { (i: Int) -> LikelihoodMeter.Token in
      let loss = Double(i % 3)
      let against = LikelihoodMeter.Token.Against(loss: loss - 0.5, divergence: Double(i), hasSameTop: i % 4 == 0)
      return LikelihoodMeter.Token(loss: loss, against: against)
    }
    let comparison = LikelihoodComparison(tokens)
    #expect(comparison.divergence99 == 198 && comparison.largestDivergence == 200)
    #expect(comparison.meanDivergence == 100.5 && comparison.sameTopShare == 0.25)
    #expect(abs(comparison.perplexityRatio - exp(0.5)) < 1e-12 && comparison.perplexityRatioError < 1e-12)
  }
}
