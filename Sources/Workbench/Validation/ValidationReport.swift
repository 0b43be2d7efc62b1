import Foundation

/// What `kalsae validate` shows.
package struct ValidationReport: Encodable {
  package let device: String
  package let seed: UInt64
  package let passed: Int
  package let failed: Int
  package let skipped: Int
  package let results: [ValidationResult]

  package init(device: String, seed: UInt64, results: [ValidationResult]) {
    self.device = device
    self.seed = seed
    self.results = results
    passed = results.count { $0.verdict == .passed }
    failed = results.count { $0.verdict == .failed }
    skipped = results.count { $0.verdict == .skipped }
  }

  /// A row per kernel and format with the worst of its cases, then every failure.
  package var text: String {
    var table = TextTable(
      ["operation", "kernel", "format", "passed", "failed", "skipped", "NMSE", "max |Δ|", "of allowed"],
      numeric: [3, 4, 5, 6, 7, 8])
    var order: [[String]] = []
    var groups: [[String]: [ValidationResult]] = [:]
    for result in results {
      let key = [result.operation, result.kernel, result.format]
      if groups[key] == nil { order.append(key) }
      groups[key, default: []].append(result)
    }
    for key in order {
      let group = groups[key] ?? []
      func count(_ verdict: ValidationResult.Verdict) -> String { "\(group.count { $0.verdict == verdict })" }
      table.append(
        key + [
          count(.passed), count(.failed), count(.skipped),
          String(format: "%.1e", group.map(\.normalisedMeanSquaredError).max() ?? 0),
          String(format: "%.1e", group.map(\.maximumAbsoluteError).max() ?? 0),
          String(format: "%.0f %%", 100 * (group.map(\.maximumBoundShare).max() ?? 0)),
        ])
    }
    var lines = table.lines
    lines += failureLines
    lines.append("\(passed) passed, \(failed) failed, \(skipped) skipped on \(device)")
    return lines.map { $0 + "\n" }.joined()
  }
}

/// How a report is written.
package enum ValidationForm: String, CaseIterable, Sendable {
  case text, json, junit, md
}

extension ValidationReport {
  package func rendered(as form: ValidationForm) -> String { text }
}
