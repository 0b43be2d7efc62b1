import Foundation

/// What a set of measured values says, in their own unit.
///
/// Values that are not finite are left out; where none is left, all but `count` is NaN.
package struct SampleSummary: Codable, Hashable, Sendable {
  package let count: Int
  package let median: Double
  package let mean: Double
  /// Of the sample, over n - 1; 0 for a single value.
  package let standardDeviation: Double
  package let minimum: Double
  package let maximum: Double
  /// Lower end of the 95 % confidence interval of the median.
  package let lower: Double
  /// Upper end of the 95 % confidence interval of the median.
  package let upper: Double

  package init(_ samples: [Double]) {
    let sorted = samples.filter(\.isFinite).sorted()
    count = sorted.count
    median = sorted.medianOfSorted
    let mean = sorted.isEmpty ? .nan : sorted.reduce(0, +) / Double(sorted.count)
    self.mean = mean
    let squares = sorted.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    standardDeviation =
      sorted.count > 1 ? (squares / Double(sorted.count - 1)).squareRoot() : sorted.isEmpty ? .nan : 0
    minimum = sorted.first ?? .nan
    maximum = sorted.last ?? .nan
    (lower, upper) = sorted.medianInterval
  }
}

extension [Double] {
  /// The middle of a sorted list; NaN where it is empty.
  var medianOfSorted: Double {
    if isEmpty { return .nan }
    return count % 2 == 1 ? self[count / 2] : (self[count / 2 - 1] + self[count / 2]) / 2
  }

  /// The order statistics of a sorted list between which the median of its source lies with at least 95 %.
  ///
  /// The number of values below that median is binomial with 1/2, whatever the distribution. Below six values no pair
  /// reaches 95 %, and the full range is given.
  var medianInterval: (lower: Double, upper: Double) {
    guard let first, let last else { return (.nan, .nan) }
    var tail = 0.0
    var probability = Foundation.pow(0.5, Double(count))
    var rank = 0
    while rank < (count - 1) / 2, tail + probability <= 0.025 {
      tail += probability
      probability *= Double(count - rank) / Double(rank + 1)
      rank += 1
    }
    return rank == 0 ? (first, last) : (self[rank - 1], self[count - rank])
  }
}
