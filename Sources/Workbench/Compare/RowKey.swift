/// Which columns say what a row measured, so that the rows of two tables can be told to be the same.
enum RowKey {
  /// When and how the numbers came about, and the numbers themselves.
  private static let neverKeys: Set<String> = ["test_time", "date", "verdict", "probability"]
  private static let measurementEndings = [
    "_ns", "_us", "_ms", "_s", "_seconds", "_ts", "_bytes", "_flop", "_flops", "_share", "_count",
  ]
  /// What a run tells of itself: part of a key only where one table holds several.
  private static let aboutTheRun: Set<String> = [
    "build_commit", "build_number", "cpu_info", "gpu_info", "backends", "kalsae_version", "version", "device", "driver",
    "devices", "command", "seed",
  ]
  private static let modelKeys = ["model_type", "n_prompt", "n_gen", "n_depth", "n_streams"]

  /// The names that rows are matched by, in the order of `a`.
  ///
  /// A table of models, ours or llama-bench's: model, test and depth. Any other: its columns of text. What else is no
  /// measurement, such as a batch size, joins where a table holds several values of it.
  static func names(_ a: ResultTable, _ b: ResultTable) -> [String] {
    let shared = a.columns.filter { $0.isInFiles && b[column: $0.name] != nil }.map(\.name)
    let isOfModels = shared.contains("n_prompt") && shared.contains("n_gen")
    return shared.filter { name in
      let values = (a[column: name] ?? []) + (b[column: name] ?? [])
      guard canBeKey(name, values) else { return false }
      let isText = values.contains { $0.text != nil }
      let isExpected = isOfModels ? modelKeys.contains(name) : isText && !aboutTheRun.contains(name)
      return isExpected || varies(a[column: name]) || varies(b[column: name])
    }
  }

  private static func canBeKey(_ name: String, _ values: [ResultTable.Value]) -> Bool {
    if neverKeys.contains(name) || measurementEndings.contains(where: name.hasSuffix) { return false }
    return values.allSatisfy { value in
      switch value {
      case .text, .integer, .flag, .missing: true
      case .number, .numbers: false
      }
    }
  }

  private static func varies(_ values: [ResultTable.Value]?) -> Bool { Set(values ?? []).count > 1 }
}
