import Foundation

/// Two sets of times of the same work compared: b relative to a.
///
/// Times that are not finite are left out, of pairs the whole pair.
package struct Comparison: Codable, Hashable, Sendable {
  package enum Verdict: String, Codable, Sendable { case same, faster, slower }
  package struct Interval: Codable, Hashable, Sendable {
    package let lower: Double
    package let upper: Double
  }

  /// Below it, two sets of that size are `same` whatever they hold: no order of theirs is unlikely enough.
  package static let fewestSamples = 5
  /// The two-sided probability below which a difference counts.
  package static let significance = 0.01

  package let aCount: Int
  package let bCount: Int
  /// Median of b over median of a; of pairs, the median of their ratios. Above 1, b takes longer.
  package let ratio: Double
  /// Holds the ratio with 95 %.
  ///
  /// From order statistics, since a bootstrap of the median of 5 to 20 values redraws the same few values and comes out
  /// too narrow: of pairs, from those of their ratios (binomial); otherwise from those of all quotients of a b by an a,
  /// which Mann and Whitney's test would not tell from 1. Below nine pairs, and below five on each side, it is the range.
  package let interval: Interval
  /// How likely a difference this clear is between two runs of the same thing, from `RankSumTest`.
  package let probability: Double
  package let smallestEffect: Double

  /// - Parameters:
  ///   - isPaired: whether `a[i]` and `b[i]` were measured one next to the other, in order of time. A slow drift then
  ///     weighs on both alike and is left out of the test.
  ///   - smallestEffect: a ratio nearer to 1 than that is `same`, however sure it is.
  package init(_ a: [Double], _ b: [Double], isPaired: Bool, smallestEffect: Double = 0.03) {
    self.smallestEffect = smallestEffect
    if isPaired {
      let pairs = zip(a, b).filter { $0.isFinite && $1.isFinite }
      let ratios = pairs.map { $1 / $0 }.sorted()
      (aCount, bCount) = (pairs.count, pairs.count)
      ratio = ratios.medianOfSorted
      let (lower, upper) = ratios.medianInterval
      interval = Interval(lower: lower, upper: upper)
      probability = RankSumTest(Self.blocks(pairs)).probability
    } else {
      let (a, b) = (a.filter(\.isFinite).sorted(), b.filter(\.isFinite).sorted())
      (aCount, bCount) = (a.count, b.count)
      let ratio = b.medianOfSorted / a.medianOfSorted
      self.ratio = ratio
      let (lower, upper) = Self.quotientInterval(a, b)
      interval = Interval(lower: min(ratio, lower), upper: max(ratio, upper))
      probability = RankSumTest([min(a.count, b.count) < 6 ? (a, b) : Self.withoutInterruption(a, b)]).probability
    }
  }

  package var verdict: Verdict { verdict(isUnlikely: probability < Self.significance) }

  /// The verdict of a ratio that chance explains or not.
  func verdict(isUnlikely: Bool) -> Verdict {
    guard isUnlikely, abs(ratio - 1) >= smallestEffect else { return .same }
    return ratio > 1 ? .slower : .faster
  }

  /// Four to seven pairs each: few enough that a drift hardly moves within, enough that one bad value does not decide.
  private static func blocks(_ pairs: [(Double, Double)]) -> [(a: [Double], b: [Double])] {
    let count = max(1, pairs.count / 4)
    return (0..<count).map { block in
      let part = pairs[pairs.count * block / count..<pairs.count * (block + 1) / count]
      let (a, b) = (part.map(\.0), part.map(\.1))
      return pairs.count < 6 ? (a, b) : withoutInterruption(a, b)
    }
  }

  /// The sides without their largest value, where it is far above the next: something else ran meanwhile.
  ///
  /// The rule does not see which side the value is from, so the test stays exact. It only ever takes one: a difference
  /// between the sides shows in several. Five values on a side are too few to give one away.
  private static func withoutInterruption(_ a: [Double], _ b: [Double]) -> (a: [Double], b: [Double]) {
    let largest = (a + b).sorted().suffix(2)
    guard let next = largest.first, let last = largest.last, last > 1.2 * next else { return (a, b) }
    return (a.filter { $0 < last }, b.filter { $0 < last })
  }

  /// The quotients that a shifted rank sum test at 5 % accepts, from sorted sides.
  private static func quotientInterval(_ a: [Double], _ b: [Double]) -> (lower: Double, upper: Double) {
    let quotients = a.flatMap { x in b.map { $0 / x } }.sorted()
    guard let first = quotients.first, let last = quotients.last else { return (.nan, .nan) }
    let rank = RankSumTest.acceptedRank(a.count, b.count)
    return rank == 0 ? (first, last) : (quotients[rank - 1], quotients[quotients.count - rank])
  }
}
