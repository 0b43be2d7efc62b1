import Foundation

/// The figures at the head of a profile page, and the bar that cuts the time up.
struct ProfileTotals {
  private let report: ProfileReport

  init(_ report: ProfileReport) { self.report = report }

  var html: String {
    let tiles = [wall, rate, limit, gaps, memory, arithmetic]
    let cells = tiles.map { name, figure, note in
      // The unit stands smaller behind the figure.
      let parts = figure.split(separator: " ", maxSplits: 1)
      let shown = parts.count == 2 ? "\(parts[0])<span>\(parts[1])</span>" : figure
      return "<div class=\"tile\"><p>\(name)</p><strong>\(shown)</strong><small>\(note)</small></div>"
    }
    return "<section class=\"tiles\">\n\(cells.joined(separator: "\n"))\n</section>"
  }

  private typealias Tile = (name: String, figure: String, note: String)

  private var wall: Tile {
    let dispatches = report.kernels.reduce(0) { $0 + $1.calls }
    return (
      "Wall time", Figures.nanoseconds(report.wallSeconds * 1e9),
      "\(report.tokens) token\(report.tokens == 1 ? "" : "s"), \(dispatches) kernel calls"
    )
  }

  private var rate: Tile {
    ("Tokens/s", Self.rate(Double(report.tokens) / report.wallSeconds), "of wall time")
  }

  /// All kernels at their limits, one after the other, over the wall time.
  private var limit: Tile {
    let shortest = report.kernels.reduce(0) { $0 + report.limits.shortest($1.work).seconds }
    return (
      "Of the limit", Self.percent(shortest / report.wallSeconds),
      "\(Figures.nanoseconds(shortest * 1e9)) if every kernel ran at its limit"
    )
  }

  private var gaps: Tile {
    (
      "Gaps", Self.percent(report.gapSeconds / report.wallSeconds),
      "\(Figures.nanoseconds(report.gapSeconds * 1e9)) when no kernel ran"
    )
  }

  private var memory: Tile {
    let bytes = report.kernels.reduce(0.0) { $0 + Double($1.work.byteCount) }
    let reached = bytes / report.kernelSeconds
    return (
      "Memory", reached.isFinite ? Figures.metric(reached, unit: "B/s") : "–",
      "\(Figures.metric(bytes, unit: "B")), \(Self.percent(reached / report.limits.readBytesPerSecond)) of probed reads"
    )
  }

  private var arithmetic: Tile {
    let operations = report.kernels.reduce(0.0) { $0 + Double($1.work.floatOperations) }
    let reached = operations / report.kernelSeconds
    return (
      "Arithmetic", reached.isFinite ? Figures.metric(reached, unit: "FLOP/s") : "–",
      "\(Figures.metric(operations, unit: "FLOP")) in all"
    )
  }

  /// The wall time cut into kernels, longest first, and gaps.
  var shareBar: String {
    let whole = report.kernelSeconds + report.gapSeconds
    guard whole > 0 else { return "" }
    var parts = report.rankedKernels.enumerated().map { rank, kernel in
      (kernel.name, kernel.work.seconds / whole, ChartColours.name(rank))
    }
    if report.gapSeconds > 0 { parts.append(("gaps", report.gapSeconds / whole, "gap")) }
    let cells = parts.map { name, share, kind in
      let title = MarkupText.escaped("\(name): \(Self.percent(share))")
      let label = share < 0.06 ? "" : MarkupText.escaped(name)
      return
        "<span class=\"\(kind)\" style=\"flex-grow:\(String(format: "%.5f", share))\" title=\"\(title)\">\(label)</span>"
    }
    return "<div class=\"share\" role=\"img\" aria-label=\"Time by kernel\">\(cells.joined())</div>"
  }

  private static func rate(_ value: Double) -> String { value.isFinite ? Figures.rate(value) : "–" }

  /// Two digits, one decimal below ten.
  static func percent(_ share: Double) -> String {
    guard share.isFinite else { return "–" }
    return String(format: share < 0.0995 ? "%.1f %%" : "%.0f %%", share * 100)
  }
}
