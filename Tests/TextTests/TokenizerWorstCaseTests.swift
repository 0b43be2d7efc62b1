import Testing
import Text

/// A mebibyte of text made to be slow: the ids are checked by decoding, the time is printed.
@Suite struct TokenizerWorstCaseTests {
  private static let size = 1 << 20

  private static func repeated(_ text: String) -> [UInt8] {
    let bytes = Array(text.utf8)
    return Array(repeating: bytes, count: size / bytes.count).flatMap { $0 }
  }

  @Test(arguments: [
    ("one letter", "a"), ("two letters", "ab"), ("blanks", " "), ("blanks and line breaks", "  \n"), ("digits", "1"),
    ("signs", "!"), ("syllables", "가"), ("long vowels", "하아아"), ("NUL", "\0"), ("half a token", "[|use"),
    ("contractions", "'r"),
  ])
  func linearOrNearly(title: String, unit: String) throws {
    let text = Self.repeated(unit)
    let clock = ContinuousClock()
    for name in GoldenFile.names {
      let tokenizer = try GoldenFile.tokenizer(name)
      var ids: [Int32] = []
      let time = clock.measure { ids = tokenizer.encode(text, addSpecialTokens: false) }
      print("1 MiB of \(title) by \(name): \(ids.count) ids in \(time)")
      #expect(tokenizer.decode(ids, skippingSpecial: false) == text)
    }
  }

  /// Marks out of order, jamo to compose, bytes that are no text: their length changes, their work must not explode.
  @Test func normalization() throws {
    let texts: [(title: String, text: [UInt8])] = [
      ("marks", Array("a".utf8) + Self.repeated("\u{301}\u{323}")), ("jamo", Self.repeated("\u{1112}\u{1161}\u{11ab}")),
      ("the longest decomposition", Self.repeated("\u{fdfa}")),
      ("invalid bytes", [UInt8](repeating: 0xff, count: Self.size)),
      ("cut characters", Array(repeating: [0xf0, 0x9f, 0x98], count: Self.size / 3).flatMap { $0 }),
    ]
    let tokenizer = try GoldenFile.tokenizer("exaone")
    for (title, text) in texts {
      var ids: [Int32] = []
      let time = ContinuousClock().measure { ids = tokenizer.encode(text) }
      print("1 MiB of \(title) by exaone: \(ids.count) ids in \(time)")
      let expected = tokenizer.normalizers.normalize(text.replacingInvalidUTF8())
      #expect(tokenizer.decode(ids, skippingSpecial: false) == expected)
    }
  }
}
