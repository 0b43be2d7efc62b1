import Foundation

/// Mann and Whitney's rank sum test over blocks: whether b tends to be above a.
///
/// Sides are compared inside a block alone, so that what changes between blocks weighs on both alike. The distribution
/// under "no difference" is counted out over all ways to deal a block's values to its sides, ties included; above
/// `exactLimit` values it is taken as normal.
struct RankSumTest {
  static let exactLimit = 60

  /// Two-sided.
  let probability: Double

  init(_ blocks: [(a: [Double], b: [Double])]) {
    let strata = blocks.filter { !$0.a.isEmpty && !$0.b.isEmpty }.map(Stratum.init)
    let sum = strata.reduce(0) { $0 + $1.sum }
    let isExact = strata.reduce(0) { $0 + $1.ranks.count } <= Self.exactLimit
    probability = isExact ? Self.exact(strata, sum) : Self.normal(strata, sum)
  }

  /// The rank of the outermost quotient of a b by an a that a two-sided test at 5 % does not tell from 1; 0 where it
  /// tells none.
  static func acceptedRank(_ aCount: Int, _ bCount: Int) -> Int {
    let pairs = Double(aCount * bCount)
    if aCount + bCount > exactLimit {
      let deviation = (pairs * Double(aCount + bCount + 1) / 12).squareRoot()
      return max(0, Int(pairs / 2 - 1.96 * deviation))
    }
    let shares = Stratum((0..<aCount).map(Double.init), (aCount..<aCount + bCount).map(Double.init)).shares
    // The smallest sum is that of the ranks 1, 2, ...; sums without ties are 2 apart.
    var tail = 0.0
    var rank = 0
    for sum in stride(from: bCount * (bCount + 1), to: shares.count, by: 2) {
      tail += shares[sum]
      if tail > 0.025 { break }
      rank += 1
    }
    return rank
  }

  private static func exact(_ strata: [Stratum], _ sum: Int) -> Double {
    var shares = [1.0]
    for stratum in strata { shares = convolved(shares, stratum.shares) }
    let below = shares[...sum].reduce(0, +)
    let above = shares[sum...].reduce(0, +)
    return min(1, 2 * min(below, above))
  }

  private static func normal(_ strata: [Stratum], _ sum: Int) -> Double {
    let mean = strata.reduce(0) { $0 + $1.mean }
    let variance = strata.reduce(0) { $0 + $1.variance }
    guard variance > 0 else { return 1 }
    // Doubled ranks move in steps of 2: half of one is 1.
    let distance = max(0, abs(Double(sum) - mean) - 1)
    return erfc(distance / (2 * variance).squareRoot())
  }

  private static func convolved(_ a: [Double], _ b: [Double]) -> [Double] {
    var result = [Double](repeating: 0, count: a.count + b.count - 1)
    for (i, x) in a.enumerated() where x > 0 { for (j, y) in b.enumerated() { result[i + j] += x * y } }
    return result
  }

  /// One block. Ranks are doubled so that those of ties are whole numbers.
  private struct Stratum {
    let ranks: [Int]
    private let chosen: Int
    /// Of the doubled ranks of b.
    let sum: Int

    init(_ a: [Double], _ b: [Double]) {
      let values = (a.map { ($0, false) } + b.map { ($0, true) }).sorted { $0.0 < $1.0 }
      var ranks: [Int] = []
      while ranks.count < values.count {
        let first = ranks.count
        let next = values[first...].firstIndex { $0.0 > values[first].0 } ?? values.count
        ranks += [Int](repeating: first + next + 1, count: next - first)
      }
      self.ranks = ranks
      chosen = b.count
      sum = zip(values, ranks).reduce(0) { $0 + ($1.0.1 ? $1.1 : 0) }
    }

    /// How likely each sum is when `chosen` of the ranks are drawn.
    var shares: [Double] {
      let largest = ranks.suffix(chosen).reduce(0, +)
      var counts = [[Double]](repeating: [Double](repeating: 0, count: largest + 1), count: chosen + 1)
      counts[0][0] = 1
      for rank in ranks where rank <= largest {
        for size in stride(from: chosen, to: 0, by: -1) {
          for total in rank...largest { counts[size][total] += counts[size - 1][total - rank] }
        }
      }
      let all = counts[chosen].reduce(0, +)
      return counts[chosen].map { $0 / all }
    }

    var mean: Double { Double(chosen * (ranks.count + 1)) }

    var variance: Double {
      let middle = Double(ranks.count + 1)
      let squares = ranks.reduce(0) { $0 + (Double($1) - middle) * (Double($1) - middle) }
      let count = Double(ranks.count)
      return count < 2 ? 0 : Double(chosen) * (count - Double(chosen)) / (count * (count - 1)) * squares
    }
  }
}
