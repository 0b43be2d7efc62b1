import Foundation
package import VulkanBackend

/// What `kalsae tune explain` shows.
package struct TuneReport {
  private let table: TuningTable
  private let source: String

  /// - Parameter source: where the table is from, in words.
  package init(_ table: TuningTable, source: String) {
    self.table = table
    self.source = source
  }

  /// How many times as fast as the untuned defaults, over all classes of work.
  package var geometricMean: Double {
    let logarithms = table.entries.values.map { -log($0.ratio) }
    return exp(logarithms.reduce(0, +) / Double(max(1, logarithms.count)))
  }

  package var text: String {
    var rows = TextTable(["work", "kernel", "tuning", "time", "against default", "from", "case"], numeric: [3, 4])
    for (work, entry) in table.entries.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      rows.append([
        work.rawValue, entry.kernel, entry.tuning.description, Figures.seconds(entry.nanoseconds * 1e-9),
        entry.ratio == 1 ? "the default" : String(format: "%.2f×", 1 / entry.ratio),
        entry.code.isEmpty ? "kalsae" : "here", entry.caseName,
      ])
    }
    let lines =
      ["\(table.device), \(table.driver)", source, ""] + rows.lines + [
        "",
        "geometric mean over \(table.entries.count) \(table.entries.count == 1 ? "class" : "classes") of work: "
          + String(format: "%.2f", geometricMean) + " times as fast as the untuned defaults",
      ]
    return lines.map { $0 + "\n" }.joined()
  }
}
