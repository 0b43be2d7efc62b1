import Foundation
import Testing
import Workbench

@Suite struct ComparisonTests {
  /// Values of R's wilcox.test(exact = TRUE), which two sets without overlap reach at least.
  @Test(arguments: [(4, 2.0 / 70), (5, 2.0 / 252), (10, 2.0 / 184756)])
  func setsApartHaveTheSmallestProbability(count: Int, expected: Double) {
    let a = (0..<count).map { 100 + Double($0) }
    let comparison = Comparison(a, a.map { $0 + 50 }, isPaired: false)
    #expect(abs(comparison.probability - expected) < 1e-12)
    #expect(comparison.verdict == (count < Comparison.fewestSamples ? .same : .slower))
    #expect(Comparison(a.map { $0 + 50 }, a, isPaired: false).verdict == (count < 5 ? .same : .faster))
  }

  /// U = 4 of 25 has 12 of 252 orders at or below it.
  @Test func overlapIsCountedOut() {
    let comparison = Comparison([1, 2, 3, 5, 8], [4, 6, 7, 9, 10], isPaired: false)
    #expect(abs(comparison.probability - 2 * 12.0 / 252) < 1e-12)
  }

  @Test func tiesShareTheirRanks() {
    #expect(Comparison([1, 1, 1, 1, 1], [1, 1, 1, 1, 1], isPaired: false).probability == 1)
    // Ranks 2 2 2 5.5 5.5 | 5.5 5.5 8.5 8.5 10: of the 252 ways to draw five, 6 come to 38 or more.
    let comparison = Comparison([1, 1, 1, 2, 2], [2, 2, 3, 3, 4], isPaired: false)
    #expect(abs(comparison.probability - 2 * 6.0 / 252) < 1e-12)
  }

  @Test func manySamplesAreTakenAsNormal() {
    let a = (0..<31).map(Double.init)
    let exact = Comparison(Array(a.prefix(30)), (0..<30).map { Double($0) + 8.5 }, isPaired: false)
    let normal = Comparison(a, a.map { $0 + 8.5 }, isPaired: false)
    #expect(normal.probability > 0 && abs(log(normal.probability / exact.probability)) < 0.5)
  }

  /// Moses' interval for 5 and 5: the third smallest and the third largest of 25 quotients.
  @Test func intervalComesFromTheQuotients() {
    let comparison = Comparison([1, 1, 1, 1, 1], [1, 2, 3, 4, 5], isPaired: false)
    #expect(comparison.ratio == 3)
    #expect(comparison.interval.lower == 1 && comparison.interval.upper == 5)
    let ten = Comparison([1, 1, 1, 1, 1, 1, 1, 1, 1, 1], (1...10).map(Double.init), isPaired: false)
    #expect(ten.interval.lower == 3 && ten.interval.upper == 8)
  }

  @Test func pairsAreComparedAsPairs() {
    let a: [Double] = [100, 200, 300, 400, 500, 600, 700, 800, 900, 1000]
    let ratios = [1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.7, 1.8, 1.9, 0.1]
    let comparison = Comparison(a, zip(a, ratios).map { $0 * $1 }, isPaired: true)
    #expect(abs(comparison.ratio - 1.45) < 1e-12)
    #expect(abs(comparison.interval.lower - 1.1) < 1e-12 && abs(comparison.interval.upper - 1.8) < 1e-12)
    #expect(comparison.aCount == 10 && comparison.bCount == 10)
    #expect(Comparison([1, 2, .nan], [1, 2, 3, 4], isPaired: true).aCount == 2)
  }

  @Test func smallDifferencesAreNone() {
    let a = (0..<10).map { 1000 + Double($0) }
    let b = a.map { $0 * 1.02 }
    #expect(Comparison(a, b, isPaired: false).probability < 1e-4)
    #expect(Comparison(a, b, isPaired: false).verdict == .same)
    #expect(Comparison(a, b, isPaired: false, smallestEffect: 0.01).verdict == .slower)
  }

  @Test func nothingIsNoDifference() {
    for isPaired in [false, true] {
      let comparison = Comparison([], [1, 2], isPaired: isPaired)
      #expect(comparison.verdict == .same && comparison.probability == 1 && comparison.ratio.isNaN)
    }
  }

  @Test func rowsAreJudgedTogether() {
    // p = 0.0079 for each of the five: one of seven rows is chance, seven of seven are not.
    let a: [Double] = [100, 101, 102, 103, 104]
    let same = Comparison(a, a, isPaired: false)
    let slower = Comparison(a, a.map { $0 + 50 }, isPaired: false)
    #expect(ComparisonTable([slower] + [Comparison](repeating: same, count: 6)).verdicts.allSatisfy { $0 == .same })
    #expect(ComparisonTable([slower] + [Comparison](repeating: same, count: 5)).verdicts.first == .slower)
    #expect(ComparisonTable([Comparison](repeating: slower, count: 7)).verdicts.allSatisfy { $0 == .slower })
    #expect(ComparisonTable([]).verdicts.isEmpty)
    let mixed = ComparisonTable([same, slower, slower, same]).adjustedProbabilities
    #expect(zip(mixed, [1, 4.0 / 252, 4.0 / 252, 1]).allSatisfy { abs($0 - $1) < 1e-12 })
    #expect(ComparisonTable.fewestSamples(rowCount: 1) == 5)
    #expect(ComparisonTable.fewestSamples(rowCount: 6) == 5)
    #expect(ComparisonTable.fewestSamples(rowCount: 7) == 6)
    #expect(ComparisonTable.fewestSamples(rowCount: 30) == 7)
  }
}
