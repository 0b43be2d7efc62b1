/// The comparisons of a table, judged together: among many rows some differ by chance.
///
/// Benjamini and Hochberg's procedure (1995). Where nothing differs, it calls all rows the same in 95 % of tables; where
/// several do, at most 5 % of the rows that it names are expected to be wrong. It names more than Holm's, which matters
/// with five samples, where no single row can be surer than 0.8 %.
package struct ComparisonTable: Sendable {
  package static let falseDiscoveryRate = 0.05

  package let comparisons: [Comparison]
  /// The rate of false discoveries at which each row would be named.
  package let adjustedProbabilities: [Double]

  package init(_ comparisons: [Comparison]) {
    self.comparisons = comparisons
    let order = comparisons.indices.sorted { comparisons[$0].probability < comparisons[$1].probability }
    var adjusted = [Double](repeating: 1, count: comparisons.count)
    var smallest = 1.0
    for (position, row) in order.enumerated().reversed() {
      smallest = min(smallest, comparisons[row].probability * Double(comparisons.count) / Double(position + 1))
      adjusted[row] = smallest
    }
    adjustedProbabilities = adjusted
  }

  /// A row differs where it does so on its own and in company.
  package var verdicts: [Comparison.Verdict] {
    zip(comparisons, adjustedProbabilities).map { comparison, adjusted in
      comparison.verdict(
        isUnlikely: comparison.probability < Comparison.significance && adjusted < Self.falseDiscoveryRate)
    }
  }

  /// How many samples each side needs so that one row that differs can be named among so many.
  package static func fewestSamples(rowCount: Int) -> Int {
    var count = 1
    // Of all ways to deal 2n values to two sides, two have one side wholly above the other.
    var orders = 2.0
    while 2 / orders >= min(Comparison.significance, falseDiscoveryRate / Double(max(rowCount, 1))) {
      count += 1
      orders *= Double(2 * (2 * count - 1)) / Double(count)
    }
    return count
  }
}
