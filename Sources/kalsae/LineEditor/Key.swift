/// What a person did at the keyboard.
package enum Key: Hashable, Sendable {
  case text(String)
  /// Text from the clipboard; line breaks in it submit nothing.
  case paste(String)
  case enter, newline, tab, backspace, delete
  case left, right, wordLeft, wordRight, home, end, up, down
  case deleteToStart, deleteToEnd, deleteWordBefore, deleteWordAfter
  case clearScreen
  /// Ctrl-C.
  case interrupt
  /// Ctrl-D.
  case endOfInput
}
