import Workbench
import kalsae

/// What a terminal shows after some output: the few sequences that the line editor uses, two-column characters and the
/// wait behind the last column included.
struct VirtualTerminal {
  let columns: Int
  /// Each cell holds a grapheme; the second cell of a wide one is empty.
  private(set) var rows: [[String]] = [[]]
  private(set) var row = 0
  private(set) var column = 0

  init(columns: Int) { self.columns = columns }

  /// Text of every row, blanks at the end left out.
  var screen: [String] {
    rows.map { row in
      var text = row.joined()
      while text.hasSuffix(" ") { text.removeLast() }
      return text
    }
  }

  mutating func write(_ output: String) {
    var scalars = Array(output)[...]
    while let character = scalars.popFirst() {
      switch character {
      case "\r\n":
        column = 0
        lineFeed()
      case "\r": column = 0
      case "\n": lineFeed()
      case "\u{1b}": escape(&scalars)
      default: put(character)
      }
    }
  }

  private mutating func lineFeed() {
    row += 1
    if row == rows.count { rows.append([]) }
  }

  private mutating func put(_ character: Character) {
    let width = DisplayWidth.columns(of: character)
    // A mark joins what stands before it.
    if width == 0 {
      if column > 0 { rows[row][column - 1] += String(character) }
      return
    }
    if column + width > columns {
      column = 0
      lineFeed()
    }
    while rows[row].count < column + width { rows[row].append(" ") }
    rows[row][column] = String(character)
    if width == 2 { rows[row][column + 1] = "" }
    column += width
  }

  private mutating func escape(_ rest: inout ArraySlice<Character>) {
    guard rest.popFirst() == "[" else { return }
    let parameters = rest.prefix { !$0.isLetter }
    rest.removeFirst(parameters.count)
    let count = Int(String(parameters)) ?? 1
    switch rest.popFirst() {
    case "A": row = max(0, row - count)
    case "C": column = min(columns - 1, column + count)
    case "H": (row, column) = (0, 0)
    case "J":
      if parameters == ["2"] { rows = [[]] }
      rows.removeLast(rows.count - row - 1)
      rows[row] = Array(rows[row].prefix(column))
    default: break
    }
  }
}
