import Testing
import Workbench

@Suite struct SampleSummaryTests {
  @Test func momentsOfAKnownSet() {
    let summary = SampleSummary([4, 1, 3, 2, 10])
    #expect(summary.count == 5)
    #expect(summary.median == 3)
    #expect(summary.mean == 4)
    #expect(abs(summary.standardDeviation - 12.5.squareRoot()) < 1e-12)
    #expect(summary.minimum == 1 && summary.maximum == 10)
  }

  /// Ranks as in tables of the sign test: (n, lower rank, upper rank).
  @Test(
    arguments: [
      (1, 1, 1), (2, 1, 2), (5, 1, 5), (6, 1, 6), (8, 1, 8), (9, 2, 8), (10, 2, 9), (15, 4, 12), (20, 6, 15),
      (30, 10, 21),
      (100, 40, 61),
    ])
  func intervalOfTheMedianIsBinomial(count: Int, lower: Int, upper: Int) {
    let summary = SampleSummary((1...count).map(Double.init).reversed())
    #expect(summary.lower == Double(lower))
    #expect(summary.upper == Double(upper))
  }

  @Test func oneValueAndNone() {
    let one = SampleSummary([7])
    #expect(one.median == 7 && one.standardDeviation == 0 && one.lower == 7 && one.upper == 7)
    let none = SampleSummary([.nan, .infinity])
    #expect(none.count == 0 && none.median.isNaN && none.mean.isNaN && none.standardDeviation.isNaN && none.lower.isNaN)
  }
}
