import Foundation

/// The tables of a profile page. Each cell carries its value, so that the page can sort.
struct ProfileTables {
  private let report: ProfileReport

  init(_ report: ProfileReport) { self.report = report }

  var kernels: String {
    let ranked = report.rankedKernels
    let total = report.kernelSeconds
    let units = Units(ranked.map(\.work), calls: ranked.map(\.calls))
    let rows = ranked.enumerated().map { rank, kernel in
      let share = total > 0 ? kernel.work.seconds / total : 0
      return "<tr>"
        + "<th scope=\"row\" data-v=\"\(MarkupText.escaped(kernel.name))\"><i class=\"\(ChartColours.name(rank))\"></i>"
        + "\(MarkupText.escaped(kernel.name))</th>"
        + Self.cell("\(kernel.calls)", Double(kernel.calls)) + units.total.cell(kernel.work.seconds)
        + Self.barCell(ProfileTotals.percent(share), share, of: ranked.first.map { $0.work.seconds / total } ?? 1)
        + units.perCall.cell(kernel.work.seconds / Double(kernel.calls)) + rates(kernel.work, units) + "</tr>"
    }
    let heads = [
      Head("kernel"), Head("calls"), Head("total \(units.total.name)", isSorted: true), Head("share", isWide: true),
      Head("per call \(units.perCall.name)"),
    ]
    return Self.table(heads + rateHeads(units), rows)
  }

  var steps: String {
    let units = Units(report.steps.map(\.work), calls: nil)
    let longest = report.steps.map(\.work.seconds).max() ?? 0
    let colours = Dictionary(
      report.rankedKernels.enumerated().map { ($0.element.name, ChartColours.name($0.offset)) },
      uniquingKeysWith: { first, _ in first })
    let rows = report.steps.enumerated().map { index, step in
      let name = MarkupText.escaped(step.name)
      let kernel = MarkupText.escaped(step.kernel)
      return "<tr>" + Self.cell("\(index)", Double(index)) + "<th scope=\"row\" data-v=\"\(name)\">\(name)</th>"
        + "<td class=\"name\" data-v=\"\(kernel)\"><i class=\"\(colours[step.kernel] ?? "cx")\"></i>\(kernel)</td>"
        + Self.barCell(units.total.shown(step.work.seconds), step.work.seconds, of: longest) + rates(step.work, units)
        + "</tr>"
    }
    let heads = [
      Head("#", isSorted: true, isAscending: true), Head("step"), Head("kernel"), Head(units.total.name, isWide: true),
    ]
    return Self.table(heads + rateHeads(units), rows)
  }

  // MARK: Columns that both have

  private func rateHeads(_ units: Units) -> [Head] {
    [
      Head("GB/s"), Head("GFLOP/s"), Head("of limit", isWide: true), Head("bound by"),
      Head("over limit \(units.over.name)"),
    ]
  }

  private func rates(_ work: DeviceWork, _ units: Units) -> String {
    let (shortest, isMemoryBound) = report.limits.shortest(work)
    let share = shortest / work.seconds
    let bound = shortest > 0 ? (isMemoryBound ? "memory" : work.arithmetic.rawValue) : "–"
    return units.bytes.cell(work.bytesPerSecond) + units.flops.cell(work.flopsPerSecond)
      + Self.barCell(ProfileTotals.percent(share), share, of: 1, kind: "limit")
      + "<td class=\"name\" data-v=\"\(bound)\">\(bound)</td>" + units.over.cell(max(0, work.seconds - shortest))
  }

  private struct Head {
    let name: String
    let isWide: Bool
    let isSorted: Bool
    let isAscending: Bool

    init(_ name: String, isWide: Bool = false, isSorted: Bool = false, isAscending: Bool = false) {
      (self.name, self.isWide, self.isSorted, self.isAscending) = (name, isWide, isSorted, isAscending)
    }
  }

  private static func table(_ heads: [Head], _ rows: [String]) -> String {
    let cells = heads.map { head in
      let order = head.isSorted ? " aria-sort=\"\(head.isAscending ? "ascending" : "descending")\"" : ""
      let kind =
        ["kernel", "step", "bound by"].contains(head.name) ? " class=\"name\"" : head.isWide ? " class=\"wide\"" : ""
      return "<th scope=\"col\"\(kind)\(order)><button>\(MarkupText.escaped(head.name))</button></th>"
    }
    return
      "<table>\n<thead><tr>\(cells.joined())</tr></thead>\n<tbody>\n\(rows.joined(separator: "\n"))\n</tbody>\n</table>"
  }

  private static func cell(_ text: String, _ value: Double) -> String {
    "<td data-v=\"\(value.isFinite ? "\(value)" : "-1")\">\(text)</td>"
  }

  private static func barCell(_ text: String, _ value: Double, of whole: Double, kind: String = "bar") -> String {
    let width = whole > 0 && value.isFinite ? min(100, max(0, value / whole * 100)) : 0
    return "<td class=\"wide\" data-v=\"\(value.isFinite ? "\(value)" : "-1")\"><span class=\"\(kind)\">"
      + "<b style=\"width:\(String(format: "%.1f", width))%\"></b></span><em>\(text)</em></td>"
  }

  // MARK: Units

  /// A unit for a whole column, so that its figures can be compared by eye.
  private struct Unit {
    let name: String
    private let factor: Double
    private let decimals: Int

    /// Seconds, milliseconds or microseconds by the largest value.
    init(seconds: [Double]) {
      let largest = seconds.filter(\.isFinite).max() ?? 0
      (name, factor) = largest < 1e-3 ? ("µs", 1e6) : largest < 1 ? ("ms", 1e3) : ("s", 1)
      decimals = Self.decimals(largest * factor)
    }

    init(giga values: [Double]) {
      (name, factor) = ("", 1e-9)
      decimals = Self.decimals((values.filter(\.isFinite).max() ?? 0) * 1e-9)
    }

    private static func decimals(_ largest: Double) -> Int {
      largest < 10 ? 3 : largest < 100 ? 2 : largest < 1000 ? 1 : 0
    }

    func shown(_ value: Double) -> String {
      value.isFinite && value > 0 ? String(format: "%.*f", decimals, value * factor) : "–"
    }

    func cell(_ value: Double) -> String { ProfileTables.cell(shown(value), value) }
  }

  private struct Units {
    let total: Unit
    let perCall: Unit
    let over: Unit
    let bytes: Unit
    let flops: Unit

    init(_ work: [DeviceWork], calls: [Int]?) {
      total = Unit(seconds: work.map(\.seconds))
      perCall = Unit(seconds: zip(work, calls ?? work.map { _ in 1 }).map { $0.seconds / Double($1) })
      over = total
      bytes = Unit(giga: work.map(\.bytesPerSecond))
      flops = Unit(giga: work.map(\.flopsPerSecond))
    }
  }
}
