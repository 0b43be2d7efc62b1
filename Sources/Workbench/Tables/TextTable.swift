/// Rows in columns that line up on a terminal, also with Hangul in them.
package struct TextTable {
  private var rows: [[String]]
  private let numeric: Set<Int>

  /// - Parameter numeric: columns set to the right.
  package init(_ heading: [String], numeric: Set<Int> = []) {
    rows = [heading]
    self.numeric = numeric
  }

  package mutating func append(_ row: [String]) { rows.append(row) }

  /// Lines without line ends, the heading first.
  package var lines: [String] {
    let columnCount = rows.map(\.count).max() ?? 0
    let widths = (0..<columnCount).map { column in
      rows.map { column < $0.count ? DisplayWidth.columns(of: $0[column]) : 0 }.max() ?? 0
    }
    return rows.map { row in
      let cells = row.enumerated().map { column, cell in
        let padding = String(repeating: " ", count: widths[column] - DisplayWidth.columns(of: cell))
        if numeric.contains(column) { return padding + cell }
        return column == row.count - 1 ? cell : cell + padding
      }
      var line = cells.joined(separator: "  ")
      while line.last == " " { line.removeLast() }
      return line
    }
  }
}
