/// The rows of a table under their keys; rows with the same key are samples of the same thing.
struct KeyedRows {
  struct Times {
    /// Nanoseconds each; nil where the table holds none.
    var samples: [Double]?
    /// Their median, or what the table says for itself.
    var time: Double?
  }

  /// The keys as they first appear.
  private(set) var order: [[ResultTable.Value]] = []
  private var times: [[ResultTable.Value]: Times] = [:]

  /// Empty where there are no keys: nothing tells the rows then.
  ///
  /// - Parameter takesFastest: whether a row counts as one sample, its fastest: what else a machine does only adds to times.
  init(_ table: ResultTable, _ keys: [String], takesFastest: Bool = false) {
    if keys.isEmpty { return }
    let columns = keys.map { table[column: $0] }
    let samples = Self.column(of: table, ["samples_ns"]) { $0.numbers != nil }
    let summary = Self.column(of: table, ["median_ns", "avg_ns"]) { $0.number != nil }
    for row in table.rows.indices {
      let key = columns.map { Self.comparable($0?[row] ?? .missing) }
      var found = samples?[row].numbers.flatMap { $0.isEmpty ? nil : $0 }
      if takesFastest { found = found.map { [$0.min() ?? .nan] } }
      guard var entry = times[key] else {
        order.append(key)
        times[key] = Times(samples: found, time: found.map { SampleSummary($0).median } ?? summary?[row].number)
        continue
      }
      if let found { entry.samples = (entry.samples ?? []) + found }
      if let samples = entry.samples, !samples.isEmpty { entry.time = SampleSummary(samples).median }
      times[key] = entry
    }
  }

  subscript(key: [ResultTable.Value]) -> Times? { times[key] }

  private static func column(
    of table: ResultTable, _ names: [String], where suits: (ResultTable.Value) -> Bool
  ) -> [ResultTable.Value]? {
    names.lazy.compactMap { table[column: $0] }.first { $0.contains(where: suits) }
  }

  /// csv writes flags as 1 and 0.
  private static func comparable(_ value: ResultTable.Value) -> ResultTable.Value {
    if case .flag(let flag) = value { .integer(flag ? 1 : 0) } else { value }
  }
}
