import Testing
import kalsae

/// Feeds bytes as a terminal sends them and returns the editor with the last outcome.
private func edit(_ text: String, history: [String] = []) -> (editor: LineEditor, outcome: LineEditor.Outcome) {
  var editor = LineEditor(history: history)
  var decoder = KeyDecoder()
  var outcome = LineEditor.Outcome.editing
  for byte in Array(text.utf8) {
    for key in decoder.feed([byte]) { outcome = editor.handle(key) }
  }
  return (editor, outcome)
}

private let left = "\u{1b}[D"
private let right = "\u{1b}[C"
private let backspace = "\u{7f}"

@Suite struct LineEditorTests {
  @Test func enterSubmitsTheWholeLineOnce() {
    #expect(edit("서울은 어디\(left)\(left)\r").outcome == .submitted("서울은 어디"))
  }

  /// An input method sends whole syllables: what it composes stays on its side until it commits.
  @Test func syllablesCommittedByAnInputMethodStandAsTheyCame() {
    // 한글 입력, with one syllable taken back and written anew.
    let (editor, outcome) = edit("한그\(backspace)글 입력\r")
    #expect(outcome == .submitted("한글 입력"))
    #expect(editor.text == "한글 입력")
  }

  /// Other systems send initial, vowel and final one by one, and take back a syllable as one.
  @Test func jamoAreOneGraphemePerSyllable() {
    let han = "\u{1112}\u{1161}\u{11ab}"
    let geul = "\u{1100}\u{1173}\u{11af}"
    #expect(edit(han + geul + backspace).editor.text.unicodeScalars.elementsEqual(han.unicodeScalars))
    let (editor, _) = edit(han + geul + left)
    #expect(editor.before.unicodeScalars.elementsEqual(han.unicodeScalars))
    #expect(editor.after.unicodeScalars.elementsEqual(geul.unicodeScalars))
  }

  @Test func aVowelTypedBehindAnInitialJoinsIt() {
    // The cursor goes between 가 and an initial, and a final arrives: it belongs to 가.
    let (editor, _) = edit("\u{1100}\u{1161}\u{1102}\(left)\u{11a8}")
    #expect(editor.before.count == 1)
    #expect(editor.before.unicodeScalars.count == 3)
    #expect(editor.after == "\u{1102}")
  }

  @Test func whatJoinsAcrossTheCursorMovesBeforeIt() {
    // Removing x leaves a combining accent behind e.
    let (editor, _) = edit("ex\u{301}z\(left)\(left)\(right)\(backspace)")
    #expect(editor.text == "ez")
    let (joined, _) = edit("\u{1161}\(left)\u{1100}")
    #expect(joined.before.count == 1)
    #expect(joined.after.isEmpty)
  }

  @Test(arguments: [
    ("abc\u{1}X", "Xabc", 1), ("abc\u{1}\u{5}X", "abcX", 4), ("가나다\(left)\(left)\u{b}", "가", 1),
    ("가나다\(left)\u{15}", "다", 0), ("하나 둘 셋\u{17}", "하나 둘 ", 5), ("하나 둘  \u{17}", "하나 ", 3),
    ("가나다\u{1}\u{1b}[3~", "나다", 0), ("가나\(left)\u{4}", "가", 1), ("하나 둘\u{1b}b\u{1b}bX", "X하나 둘", 1),
    ("하나 둘\u{1}\u{1b}fX", "하나X 둘", 3), ("하나 둘\u{1}\u{1b}d", " 둘", 0), ("\(backspace)\(left)\(right)a", "a", 1),
    ("👨‍👩‍👧‍👦!\(left)\(backspace)", "!", 0), ("a\u{1b}\rb", "a\nb", 3), ("a\tb", "a\tb", 3),
  ])
  func keysEditAsPeopleExpect(text: String, expected: String, cursor: Int) {
    let (editor, outcome) = edit(text)
    #expect(editor.text == expected)
    #expect(editor.before.count == cursor)
    #expect(outcome == .editing)
  }

  @Test func controlCClearsALineAndThenInterrupts() {
    #expect(edit("글\u{3}").outcome == .cleared)
    #expect(edit("글\u{3}").editor.text == "")
    #expect(edit("글\u{3}\u{3}").outcome == .interrupted)
  }

  @Test func controlDEndsOnlyAnEmptyLine() {
    #expect(edit("\u{4}").outcome == .endOfInput)
    #expect(edit("a\u{4}").outcome == .editing)
  }

  @Test func aPasteSubmitsNothingAndLosesControlCharacters() {
    let (editor, outcome) = edit("\u{1b}[200~첫째\r\n둘째\r셋째\u{7}\t!\u{1b}[31m\u{1b}[201~")
    #expect(outcome == .editing)
    #expect(editor.text == "첫째\n둘째\n셋째\t![31m")
  }

  @Test func historyGoesUpAndDownAndKeepsTheDraft() {
    let history = ["첫째", "둘째"]
    #expect(edit("초안\u{1b}[A", history: history).editor.text == "둘째")
    #expect(edit("초안\u{1b}[A\u{1b}[A\u{1b}[A", history: history).editor.text == "첫째")
    #expect(edit("초안\u{1b}[A\u{1b}[A\u{1b}[B", history: history).editor.text == "둘째")
    #expect(edit("초안\u{1b}[A\u{1b}[B\u{1b}[B", history: history).editor.text == "초안")
    #expect(edit("\u{1b}[A!\r", history: history).outcome == .submitted("둘째!"))
  }
}
