import Workbench

/// Where the graphemes of a line stand on a terminal of some width.
package struct LineLayout: Hashable, Sendable {
  /// What each row shows; no row is wider than the terminal.
  package private(set) var rows = [""]
  package private(set) var cursorRow = 0
  package private(set) var cursorColumn = 0

  private static let tab = "    "
  private static let markBearer = "\u{25cc}"
  private let columns: Int
  private var column: Int

  /// - Parameters:
  ///   - promptColumns: columns of the prompt in the first row, which `rows` leaves out.
  ///   - before: text before the cursor.
  ///   - after: text behind the cursor.
  package init(promptColumns: Int, before: String, after: String, columns: Int) {
    self.columns = max(columns, 2)
    column = min(promptColumns, self.columns - 1)
    for character in before { place(character) }
    cursorRow = rows.count - 1
    cursorColumn = column
    if column >= self.columns {
      // Behind the last column there is no place for a cursor: it stands where the next grapheme will.
      if after.first == "\n" {
        cursorColumn = self.columns - 1
      } else {
        cursorRow += 1
        cursorColumn = 0
        if after.isEmpty { breakRow() }
      }
    }
    for character in after { place(character) }
    cursorRow = min(cursorRow, rows.count - 1)
  }

  private mutating func breakRow() {
    rows.append("")
    column = 0
  }

  private mutating func place(_ character: Character) {
    guard character != "\n" else { return breakRow() }
    var shown = character == "\t" ? Self.tab : String(character)
    var width = DisplayWidth.columns(of: shown)
    // A mark without a letter would vanish or sit on its neighbour: Unicode shows it on a dotted circle.
    if width == 0 { (shown, width) = (Self.markBearer + shown, 1) }
    if column + width > columns { breakRow() }
    rows[rows.count - 1] += shown
    column += width
  }
}
