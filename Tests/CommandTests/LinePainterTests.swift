import Engine
import Ops
import Testing
import Workbench
import kalsae

@Suite struct LinePainterTests {
  @Test func hangulAndCursorStandInTheirColumns() {
    var painter = LinePainter(prompt: "› ", promptColumns: 2)
    var terminal = VirtualTerminal(columns: 20)
    terminal.write(painter.paint(before: "칼새", after: "는 빨라", columns: 20))
    #expect(terminal.screen == ["› 칼새는 빨라"])
    #expect(terminal.row == 0)
    #expect(terminal.column == 6)
  }

  @Test func aWideCharacterNeverStraddlesTheEdge() {
    var painter = LinePainter(prompt: "› ", promptColumns: 2)
    var terminal = VirtualTerminal(columns: 9)
    terminal.write(painter.paint(before: "가나다라마", after: "", columns: 9))
    #expect(terminal.screen == ["› 가나다", "라마"])
    #expect((terminal.row, terminal.column) == (1, 4))
  }

  @Test func aFullRowPutsTheCursorOnTheNext() {
    var painter = LinePainter(prompt: "› ", promptColumns: 2)
    var terminal = VirtualTerminal(columns: 8)
    terminal.write(painter.paint(before: "가나다", after: "", columns: 8))
    #expect((terminal.row, terminal.column) == (1, 0))
    terminal.write(painter.paint(before: "가나다", after: "라", columns: 8))
    #expect(terminal.screen == ["› 가나다", "라"])
    #expect((terminal.row, terminal.column) == (1, 0))
  }

  @Test func aMarkWithoutALetterIsShownOnACircle() {
    let layout = LineLayout(promptColumns: 2, before: "\u{1161}\n\u{301}", after: "", columns: 9)
    #expect(layout.rows == ["\u{25cc}\u{1161}", "\u{25cc}\u{301}"])
    #expect(layout.cursorColumn == 1)
  }

  @Test func finishingLeavesTheLineAndGoesBelow() {
    var painter = LinePainter(prompt: "› ", promptColumns: 2)
    var terminal = VirtualTerminal(columns: 8)
    terminal.write(painter.paint(before: "가", after: "나다라마바", columns: 8))
    terminal.write(painter.finish(before: "가", after: "나다라마바", columns: 8))
    #expect(terminal.screen == ["› 가나다", "라마바", ""])
    #expect((terminal.row, terminal.column) == (2, 0))
  }

  /// Whatever is typed, the screen shows the line once, broken where the layout says, and the cursor in its place.
  @Test(arguments: 0..<30) func everySeededSessionShowsTheLineAsItIs(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let pieces = ["가", "a", " ", "漢", "👨‍👩‍👧‍👦", "\u{1112}\u{1161}\u{11ab}", "e\u{301}", "\u{1161}", "🇰🇷", "한국어 문장", "words"]
    let moves: [Key] = [
      .left, .right, .wordLeft, .wordRight, .home, .end, .backspace, .delete, .newline, .tab, .deleteWordBefore,
    ]
    let columns = Int.random(in: 6...30, using: &random)
    var editor = LineEditor()
    var painter = LinePainter(prompt: "› ", promptColumns: 2)
    var terminal = VirtualTerminal(columns: columns)
    terminal.write("before\r\n")
    for _ in 0..<120 {
      let isText = Int.random(in: 0..<3, using: &random) > 0
      let key =
        isText ? Key.text(pieces.randomElement(using: &random) ?? "") : moves.randomElement(using: &random) ?? .left
      _ = editor.handle(key)
      terminal.write(painter.paint(before: editor.before, after: editor.after, columns: columns))
      let layout = LineLayout(promptColumns: 2, before: editor.before, after: editor.after, columns: columns)
      var expected = ["before"] + layout.rows
      expected[1] = "› " + expected[1]
      for i in expected.indices { while expected[i].hasSuffix(" ") { expected[i].removeLast() } }
      #expect(terminal.screen == expected, "seed \(seed)")
      #expect((terminal.row - 1, terminal.column) == (layout.cursorRow, layout.cursorColumn), "seed \(seed)")
      #expect(layout.rows.allSatisfy { DisplayWidth.columns(of: $0) <= columns })
      let shown = layout.rows.joined().unicodeScalars.filter { $0 != " " && $0 != "\u{25cc}" }
      let typed = editor.text.unicodeScalars.filter { !$0.properties.isWhitespace }
      #expect(shown.elementsEqual(typed), "seed \(seed)")
    }
  }
}
