extension ResultTable {
  /// A pipe table whose columns line up in plain text too; notes follow behind an empty line.
  var markdown: String {
    let columns = shownColumns.map { shown in
      let heading = Self.markdownCell(shown.column.heading)
      let cells = shown.cells.map(Self.markdownCell)
      let width = max(
        shown.column.minimumWidth, ([heading] + cells).map(DisplayWidth.columns(of:)).max() ?? 0, 2)
      let rule = String(repeating: "-", count: width - 1) + (shown.isRight ? ":" : "-")
      return [heading, rule].map { Self.padded($0, width, shown.isRight) }
        + cells.map { Self.padded($0, width, shown.isRight) }
    }
    let lines = (0..<rows.count + 2).map { line in
      "| " + columns.map { $0[line] }.joined(separator: " | ") + " |\n"
    }
    return lines.joined() + (notes.isEmpty ? "" : "\n" + notes.map { $0 + "\n" }.joined())
  }

  /// The text with what Markdown would read as something else escaped.
  static func markdownCell(_ text: String) -> String {
    var cell = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      if "|<\\".unicodeScalars.contains(scalar) { cell.append("\\") }
      cell.append(scalar.properties.generalCategory == .control ? " " : scalar)
    }
    return String(cell)
  }

  private static func padded(_ cell: String, _ width: Int, _ isRight: Bool) -> String {
    let padding = String(repeating: " ", count: max(0, width - DisplayWidth.columns(of: cell)))
    return isRight ? padding + cell : cell + padding
  }
}
