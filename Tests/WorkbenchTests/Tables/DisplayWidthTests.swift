import Testing
import Workbench

@Suite struct DisplayWidthTests {
  @Test(
    arguments: [
      ("a", 1), ("é", 1), ("e\u{301}", 1), ("가", 2), ("한", 2), ("\u{1112}\u{1161}\u{11ab}", 2), ("ㅋ", 2), ("漢", 2),
      ("カ", 2),
      ("ｶ", 1), ("Ａ", 2), ("。", 2), ("…", 1), ("→", 1), ("🐦", 2), ("👍🏽", 2), ("👨‍👩‍👧‍👦", 2), ("🇰🇷", 2), ("☎", 1),
      ("☎\u{fe0f}", 2), ("⌚", 2), ("\u{200b}", 0), ("\u{1100}", 2), ("ｱ", 1), ("𠀀", 2), ("\u{a0}", 1),
    ] as [(Character, Int)])
  func graphemesTakeTheColumnsOfATerminal(character: Character, expected: Int) {
    #expect(DisplayWidth.columns(of: character) == expected)
  }

  @Test func textsAddUp() {
    #expect(DisplayWidth.columns(of: "칼새 swift 🐦") == 4 + 1 + 5 + 1 + 2)
  }
}
