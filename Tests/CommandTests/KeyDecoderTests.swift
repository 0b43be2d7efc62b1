import Testing
import kalsae

private func keys(_ bytes: [UInt8]) -> [Key] {
  var decoder = KeyDecoder()
  return decoder.feed(bytes)
}

private func keys(_ text: String) -> [Key] { keys(Array(text.utf8)) }

@Suite struct KeyDecoderTests {
  @Test(
    arguments: [
      ("a", [.text("a")]), ("안녕", [.text("안녕")]), ("\r", [.enter]), ("\n", [.enter]), ("\u{7f}", [.backspace]),
      ("\u{8}", [.backspace]), ("\u{1}", [.home]), ("\u{5}", [.end]), ("\u{b}", [.deleteToEnd]),
      ("\u{15}", [.deleteToStart]), ("\u{17}", [.deleteWordBefore]), ("\u{3}", [.interrupt]), ("\u{4}", [.endOfInput]),
      ("\u{c}", [.clearScreen]), ("\t", [.tab]), ("\u{1b}[A", [.up]), ("\u{1b}[B", [.down]), ("\u{1b}[C", [.right]),
      ("\u{1b}[D", [.left]), ("\u{1b}OD", [.left]), ("\u{1b}[H", [.home]), ("\u{1b}[F", [.end]), ("\u{1b}OH", [.home]),
      ("\u{1b}[1~", [.home]), ("\u{1b}[4~", [.end]), ("\u{1b}[3~", [.delete]), ("\u{1b}[1;5D", [.wordLeft]),
      ("\u{1b}[1;3C", [.wordRight]), ("\u{1b}b", [.wordLeft]), ("\u{1b}f", [.wordRight]),
      ("\u{1b}d", [.deleteWordAfter]),
      ("\u{1b}\u{7f}", [.deleteWordBefore]), ("\u{1b}\r", [.newline]), ("\u{1b}[5~", []), ("\u{1b}[200~", []),
      ("a\u{1b}[Db", [.text("a"), .left, .text("b")]),
    ] as [(String, [Key])])
  func sequencesAreKeys(text: String, expected: [Key]) {
    #expect(keys(text) == expected)
  }

  @Test func everySplitOfTheBytesGivesTheSameText() {
    let bytes = Array("한\u{1b}[D글 \u{1112}\u{1161}\u{11ab}👨‍👩‍👧\u{1b}[200~붙인\r\n글\u{1b}[201~\u{1b}[3~끝".utf8)
    func joined(_ keys: [Key]) -> [Key] {
      keys.reduce(into: []) { joined, key in
        if case .text(let text) = key, case .text(let earlier)? = joined.last {
          joined[joined.count - 1] = .text(earlier + text)
        } else {
          joined.append(key)
        }
      }
    }
    let expected = keys(bytes)
    for split in 0...bytes.count {
      var decoder = KeyDecoder()
      let parts = decoder.feed(Array(bytes[..<split])) + decoder.feed(Array(bytes[split...]))
      #expect(joined(parts) == expected)
    }
    var decoder = KeyDecoder()
    var single: [Key] = []
    for byte in bytes { single += decoder.feed([byte]) }
    #expect(joined(single) == expected)
  }

  @Test func aPasteIsOneKeyWhateverItHolds() {
    #expect(keys("\u{1b}[200~a\rb\u{3}\u{1b}[A가\u{1b}[201~\r") == [.paste("a\rb\u{3}\u{1b}[A가"), .enter])
  }

  @Test(
    arguments: [
      ([0xff], [.text("\u{fffd}")]), ([0xed, 0x41], [.text("\u{fffd}A")]), ([0x80, 0x80], [.text("\u{fffd}\u{fffd}")]),
      ([0xe3, 0x80, 0x1b, 0x5b, 0x44], [.text("\u{fffd}"), .left]),
    ] as [([UInt8], [Key])])
  func bytesThatAreNoTextAreReplaced(bytes: [UInt8], expected: [Key]) {
    #expect(keys(bytes) == expected)
  }

  @Test func endlessParametersAreDropped() {
    #expect(keys("\u{1b}[" + String(repeating: "1;", count: 5000) + "A").count <= 2)
  }
}
