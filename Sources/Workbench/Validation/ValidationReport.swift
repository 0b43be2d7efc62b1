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

  /// A row per kernel and format with the worst of its cases.
  private var summary: ResultTable {
    var order: [[String]] = []
    var groups: [[String]: [ValidationResult]] = [:]
    for result in results {
      let key = [result.operation, result.kernel, result.format]
      if groups[key] == nil { order.append(key) }
      groups[key, default: []].append(result)
    }
    let rows = order.map { key -> [ResultTable.Value] in
      let group = groups[key] ?? []
      func count(_ verdict: ValidationResult.Verdict) -> ResultTable.Value {
        .integer(group.count { $0.verdict == verdict })
      }
      let ran = group.filter { $0.verdict != .skipped }
      func worst(_ format: String, _ figure: (ValidationResult) -> Double) -> ResultTable.Value {
        ran.map(figure).max().map { .text(String(format: format, $0)) } ?? .missing
      }
      return key.map(ResultTable.Value.text) + [
        count(.passed), count(.failed), count(.skipped), worst("%.1e") { $0.normalisedMeanSquaredError },
        worst("%.1e") { Double($0.maximumAbsoluteError) }, worst("%.0f %%") { 100 * Double($0.maximumBoundShare) },
      ]
    }
    let columns =
      ["operation", "kernel", "format", "passed", "failed", "skipped"].map { ResultTable.Column(name: $0) }
      + [("nmse", "NMSE"), ("largest_error", "max |Δ|"), ("bound_share", "of allowed")].map { name, heading in
        ResultTable.Column(name: name, heading: heading, format: .figure)
      }
    return ResultTable(name: "validation", columns: columns, rows: rows)
  }

  private var total: String { "\(passed) passed, \(failed) failed, \(skipped) skipped on \(device)" }

  /// The summary, then every failure.
  package var text: String {
    summary.rendered(as: .text) + (failureLines + skipLines).map { $0 + "\n" }.joined() + total + "\n"
  }

  /// The summary as a table, then every failure in a list.
  private var markdown: String {
    let failures = results.filter { $0.verdict == .failed }.map { result in
      "- **failed** \(ResultTable.markdownCell(result.title)): \(ResultTable.markdownCell(result.finding))\n"
    }
    return summary.rendered(as: .md) + (failures.isEmpty ? "" : "\n" + failures.joined())
      + "\n\(ResultTable.markdownCell(total))\n"
  }

  /// A suite per kernel, a case per format, tuning and shape.
  private var junit: JUnitReport {
    var order: [String] = []
    var suites: [String: [JUnitReport.Case]] = [:]
    for result in results {
      if suites[result.kernel] == nil { order.append(result.kernel) }
      let outcome: JUnitReport.Outcome =
        switch result.verdict {
        case .passed: .passed
        case .failed: .failed(result.finding)
        case .skipped: .skipped(result.finding)
        }
      suites[result.kernel, default: []].append(
        JUnitReport.Case(className: "\(result.operation).\(result.kernel)", name: result.caseTitle, outcome: outcome))
    }
    return JUnitReport(
      name: "kalsae validate", suites: order.map { JUnitReport.Suite(name: $0, cases: suites[$0] ?? []) },
      properties: [("device", device), ("seed", "\(seed)")])
  }

  package func rendered(as form: ValidationForm) throws -> String {
    switch form {
    case .text: text
    case .md: markdown
    case .junit: junit.xml
    case .json: try ReportJSON.line(self)
    }
  }
}

extension ValidationResult {
  fileprivate var caseTitle: String { "\(format) \(tuning), case \(caseName)" }
  fileprivate var title: String { "\(kernel) \(caseTitle)" }

  /// The first bad element, or the reason; empty where there is neither.
  var finding: String {
    reason ?? fault?.description ?? ""
  }
}
