/// Two tables of the same measurements compared row by row, b relative to a.
package struct BenchComparison: Sendable {
  /// A row per key with both times, their ratio and the verdict; rows that one table lacks come last.
  package let table: ResultTable
  /// Whether any row takes longer in b.
  package let hasRegression: Bool
  /// Whether any row could be judged.
  package let isConclusive: Bool

  /// - Parameters:
  ///   - aName: what notes call a, such as its file.
  ///   - isPaired: whether each row was measured in turn with one of the other table. Its fastest sample then stands for
  ///     it; where one table has more turns, nothing is judged.
  ///   - smallestEffect: a ratio nearer to 1 is the same. Two runs at different times differ by a few percent by
  ///     themselves, whatever their samples say.
  ///   - keys: the columns that rows are matched by; nil for those that `RowKey` finds.
  package init(
    a: ResultTable, b: ResultTable, aName: String = "A", bName: String = "B", isPaired: Bool = false,
    smallestEffect: Double = 0.05, keys: [String]? = nil
  ) {
    let keys = keys ?? RowKey.names(a, b)
    let (aRows, bRows) = (
      KeyedRows(a, keys, takesFastest: isPaired), KeyedRows(b, keys, takesFastest: isPaired)
    )
    let common = aRows.order.filter { bRows[$0] != nil }
    let comparisons = common.map { key -> Comparison? in
      guard let a = aRows[key]?.samples, let b = bRows[key]?.samples, !isPaired || a.count == b.count else {
        return nil
      }
      return Comparison(a, b, isPaired: isPaired, smallestEffect: smallestEffect)
    }
    let verdicts = ComparisonTable(comparisons.compactMap { $0 }).verdicts
    var judged = verdicts.makeIterator()
    var rows: [[ResultTable.Value]] = []
    for (key, comparison) in zip(common, comparisons) {
      let verdict = comparison == nil ? nil : judged.next()
      rows.append(
        Self.row(
          key, keys, aRows[key]?.time, bRows[key]?.time, comparison,
          verdict?.rawValue ?? (isPaired ? "no pairs" : "no samples")))
    }
    for key in aRows.order where bRows[key] == nil {
      rows.append(Self.row(key, keys, aRows[key]?.time, nil, nil, "only in A"))
    }
    for key in bRows.order where aRows[key] == nil {
      rows.append(Self.row(key, keys, nil, bRows[key]?.time, nil, "only in B"))
    }
    hasRegression = verdicts.contains(.slower)
    isConclusive = !verdicts.isEmpty
    let notes =
      ["A: \(aName)", "B: \(bName)"] + Self.findings(comparisons, verdicts, smallestEffect, isPaired: isPaired)
    table = ResultTable(name: "comparison", columns: Self.columns(keys), rows: rows, notes: notes)
  }

  private static func columns(_ keys: [String]) -> [ResultTable.Column] {
    let lengths = ["n_prompt", "n_gen", "n_depth", "n_streams"]
    let test = keys.contains("n_prompt") ? [ResultTable.Column(name: "test", isInFiles: false)] : []
    return keys.map { ResultTable.Column(name: $0, isShownToPeople: !lengths.contains($0)) } + test + [
      .init(name: "a_ns", heading: "A", format: .nanoseconds), .init(name: "b_ns", heading: "B", format: .nanoseconds),
      .init(name: "ratio", heading: "B/A time", format: .fixed(3)),
      .init(name: "ratio_lower", heading: "from", format: .fixed(3)),
      .init(name: "ratio_upper", heading: "to", format: .fixed(3)),
      .init(name: "a_samples", heading: "n A"), .init(name: "b_samples", heading: "n B"),
      .init(name: "probability", heading: "p", format: .probability), .init(name: "verdict"),
    ]
  }

  private static func row(
    _ key: [ResultTable.Value], _ keys: [String], _ a: Double?, _ b: Double?, _ comparison: Comparison?,
    _ verdict: String
  ) -> [ResultTable.Value] {
    func count(_ name: String, orElse other: Int = 0) -> Int {
      keys.firstIndex(of: name).flatMap { key[$0].number }.map { Int($0) } ?? other
    }
    let test = ModelBenchRow.test(
      promptLength: count("n_prompt"), generatedLength: count("n_gen"), depth: count("n_depth"),
      streamCount: count("n_streams", orElse: 1))
    func number(_ value: Double?) -> ResultTable.Value { value.map(ResultTable.Value.number) ?? .missing }
    let ratio = comparison?.ratio ?? a.flatMap { a in b.map { $0 / a } }
    return key + (keys.contains("n_prompt") ? [.text(test)] : []) + [
      number(a), number(b), number(ratio), number(comparison?.interval.lower), number(comparison?.interval.upper),
      comparison.map { .integer($0.aCount) } ?? .missing, comparison.map { .integer($0.bCount) } ?? .missing,
      number(comparison?.probability), .text(verdict),
    ]
  }

  /// What the verdicts come to, and what would make them surer.
  private static func findings(
    _ comparisons: [Comparison?], _ verdicts: [Comparison.Verdict], _ smallestEffect: Double, isPaired: Bool
  ) -> [String] {
    func count(_ verdict: Comparison.Verdict) -> Int { verdicts.count { $0 == verdict } }
    if verdicts.isEmpty, comparisons.isEmpty { return ["the tables have no row in common"] }
    let percent = Figures.rate(smallestEffect * 100)
    var lines = [
      "\(verdicts.count) rows compared: \(count(.slower)) slower, \(count(.faster)) faster, \(count(.same)) the same or "
        + "within \(percent) %"
    ]
    let fewest = comparisons.compactMap { $0.map { min($0.aCount, $0.bCount) } }.min() ?? 0
    let needed = ComparisonTable.fewestSamples(rowCount: verdicts.count)
    if !verdicts.isEmpty, fewest < needed {
      lines.append(
        "\(fewest) samples a side are too few to single out one of \(verdicts.count) rows; \(needed) would do")
    }
    if comparisons.contains(where: { $0 == nil }) {
      lines.append(
        isPaired
          ? "rows that A has more or less often than B are not judged: measure them in turns"
          : "rows without samples are not judged; the forms json and jsonl keep them, csv does not")
    }
    return lines
  }
}
