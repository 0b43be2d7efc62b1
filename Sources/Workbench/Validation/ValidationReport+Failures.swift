extension ValidationReport {
  /// Failures that are told one by one for each kernel and format.
  private static let toldFailures = 3

  /// The first failures of each kernel and format, and how many more there are.
  package var failureLines: [String] {
    var lines: [String] = []
    var counts: [[String]: Int] = [:]
    for result in results where result.verdict == .failed {
      let key = [result.kernel, result.format]
      counts[key, default: 0] += 1
      guard counts[key, default: 0] <= Self.toldFailures else { continue }
      let words = [result.kernel, result.format, result.tuning].filter { !$0.isEmpty }.joined(separator: " ")
      lines.append("FAILED \(words), case \(result.caseName): \(result.finding)")
      if let replay = result.replay { lines.append("       kalsae validate --replay \(replay)") }
    }
    for (key, count) in counts.sorted(by: { $0.key[0] < $1.key[0] }) where count > Self.toldFailures {
      lines.append("FAILED \(key[0]) \(key[1]) in \(count - Self.toldFailures) more cases, which --output json lists")
    }
    return lines
  }

  /// Why cases were skipped, and how many for each reason.
  var skipLines: [String] {
    let reasons = results.filter { $0.verdict == .skipped }.map { $0.reason ?? "" }
    return Dictionary(grouping: reasons) { $0 }.sorted { $0.key < $1.key }.map { "\($1.count) skipped: \($0)" }
  }

  /// One line per kernel, as somebody who edits it reads them, and the first failures.
  package var digest: String {
    var lines: [String] = []
    for (kernel, group) in Dictionary(grouping: results, by: \.kernel).sorted(by: { $0.key < $1.key }) {
      let failed = group.count { $0.verdict == .failed }
      let share = group.map(\.maximumBoundShare).max() ?? 0
      let passed = group.count { $0.verdict == .passed }
      lines.append(
        failed > 0
          ? "WRONG  \(kernel): \(failed) of \(passed + failed) checks failed"
          : "right  \(kernel): \(passed) checks passed, at most \(Int((100 * share).rounded())) % of the allowed error")
    }
    return (lines + failureLines).map { $0 + "\n" }.joined()
  }
}
