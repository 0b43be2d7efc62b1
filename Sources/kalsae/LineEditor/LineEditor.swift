/// A line being edited: keys in, text and cursor out; it knows no terminal.
///
/// The cursor stands between graphemes, so that a Hangul syllable is one step also where it is spelled in jamo.
package struct LineEditor: Sendable {
  /// What a key led to.
  package enum Outcome: Hashable, Sendable {
    case editing
    case submitted(String)
    /// Ctrl-C on a line with text, which is gone now.
    case cleared
    /// Ctrl-C on an empty line.
    case interrupted
    /// Ctrl-D on an empty line.
    case endOfInput
    /// Ctrl-L.
    case clearScreen
  }

  /// Text before the cursor.
  package private(set) var before = ""
  /// Text behind the cursor.
  package private(set) var after = ""
  private let history: [String]
  /// The entry shown; `history.count` is the line being written.
  private var historyIndex: Int
  /// The line being written while an entry is shown.
  private var draft = ""

  /// - Parameter history: earlier lines, oldest first.
  package init(history: [String] = []) {
    self.history = history
    historyIndex = history.count
  }

  package var text: String { before + after }

  package mutating func handle(_ key: Key) -> Outcome {
    switch key {
    case .text(let text): insert(text)
    case .paste(let text): insert(Self.cleaned(text))
    case .tab: insert("\t")
    case .newline: insert("\n")
    case .enter: return .submitted(text)
    case .interrupt:
      guard !text.isEmpty else { return .interrupted }
      set("")
      return .cleared
    case .endOfInput:
      guard !text.isEmpty else { return .endOfInput }
      if !after.isEmpty { after.removeFirst() }
    case .clearScreen: return .clearScreen
    case .up, .down: recall(key == .up ? historyIndex - 1 : historyIndex + 1)
    case .left, .right, .wordLeft, .wordRight, .home, .end: move(key)
    case .backspace, .delete, .deleteToStart, .deleteToEnd, .deleteWordBefore, .deleteWordAfter: remove(key)
    }
    settle()
    return .editing
  }

  private mutating func insert(_ text: String) { before += text }

  private mutating func set(_ text: String) {
    before = text
    after = ""
  }

  private mutating func move(_ key: Key) {
    switch key {
    case .left: if let last = before.popLast() { after.insert(last, at: after.startIndex) }
    case .right: if !after.isEmpty { before.append(after.removeFirst()) }
    case .wordLeft:
      let count = Self.wordCount(before.reversed())
      after = before.suffix(count) + after
      before.removeLast(count)
    case .wordRight:
      let count = Self.wordCount(Array(after))
      before += after.prefix(count)
      after.removeFirst(count)
    case .home:
      after = text
      before = ""
    default: set(text)
    }
  }

  private mutating func remove(_ key: Key) {
    switch key {
    case .backspace: _ = before.popLast()
    case .delete: if !after.isEmpty { after.removeFirst() }
    case .deleteToStart: before = ""
    case .deleteToEnd: after = ""
    case .deleteWordBefore: before.removeLast(Self.wordCount(before.reversed()))
    default: after.removeFirst(Self.wordCount(Array(after)))
    }
  }

  /// Blanks, then what is none.
  private static func wordCount(_ characters: [Character]) -> Int {
    let word = characters.drop { $0.isWhitespace }
    return characters.count - word.count + word.prefix { !$0.isWhitespace }.count
  }

  private mutating func recall(_ index: Int) {
    guard index >= 0, index <= history.count, index != historyIndex else { return }
    if historyIndex == history.count { draft = text }
    historyIndex = index
    set(index == history.count ? draft : history[index])
  }

  /// Text on both sides may have become one grapheme, for example where a letter before a combining mark went away.
  private mutating func settle() {
    while let last = before.last, let first = after.first, (String(last) + String(first)).count == 1 {
      before.append(after.removeFirst())
    }
  }

  /// Line breaks as `\n`, no other control characters but tabs.
  private static func cleaned(_ text: String) -> String {
    var cleaned = ""
    for character in text {
      if character == "\r\n" || character == "\r" || character == "\n" {
        cleaned.append("\n")
      } else if character == "\t"
        || !character.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
      {
        cleaned.append(character)
      }
    }
    return cleaned
  }
}
