/// The bytes that bring a terminal from one state of the edited line to the next.
package struct LinePainter: Sendable {
  private let prompt: String
  private let promptColumns: Int
  /// Rows between the first row of the line and the cursor.
  private var cursorRow = 0

  /// - Parameters:
  ///   - prompt: shown before the line; it may contain colours.
  ///   - promptColumns: columns that it takes.
  package init(prompt: String, promptColumns: Int) {
    self.prompt = prompt
    self.promptColumns = promptColumns
  }

  /// Draws the line anew and puts the cursor in its place.
  package mutating func paint(before: String, after: String, columns: Int) -> String {
    let layout = LineLayout(promptColumns: promptColumns, before: before, after: after, columns: columns)
    var output = start() + prompt + layout.rows.joined(separator: "\r\n") + "\r"
    let up = layout.rows.count - 1 - layout.cursorRow
    if up > 0 { output += "\u{1b}[\(up)A" }
    if layout.cursorColumn > 0 { output += "\u{1b}[\(layout.cursorColumn)C" }
    cursorRow = layout.cursorRow
    return output
  }

  /// Leaves the line behind: the cursor goes below it.
  package mutating func finish(before: String, after: String, columns: Int) -> String {
    defer { cursorRow = 0 }
    return paint(before: before + after, after: "", columns: columns) + "\r\n"
  }

  /// Wipes the screen; the line is to be painted next.
  package mutating func clearScreen() -> String {
    cursorRow = 0
    return "\u{1b}[H\u{1b}[2J"
  }

  /// To the first column of the first row, with nothing left from there on.
  private func start() -> String {
    (cursorRow > 0 ? "\u{1b}[\(cursorRow)A" : "") + "\r\u{1b}[J"
  }
}
