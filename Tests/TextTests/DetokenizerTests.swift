import Testing
import Text

@Suite struct DetokenizerTests {
  /// One id per byte, so that every character arrives in parts.
  private func byteIDs(_ bytes: [UInt8], _ tokenizer: Tokenizer) throws -> [Int32] {
    try bytes.map { try #require(tokenizer.id(of: String(Character(ByteAlphabet.letters[Int($0)])))) }
  }

  @Test func charactersComeWhole() throws {
    let tokenizer = try GoldenFile.tokenizer("exaone")
    var detokenizer = Detokenizer(tokenizer)
    let pieces = try byteIDs(Array("칼a새😀".utf8), tokenizer).map { detokenizer.append($0) }
    #expect(pieces == ["", "", "칼", "a", "", "", "새", "", "", "", "😀"])
    #expect(detokenizer.finish() == "")
  }

  @Test func whatCannotBecomeACharacterIsReplacedAtOnce() throws {
    let tokenizer = try GoldenFile.tokenizer("exaone")
    var detokenizer = Detokenizer(tokenizer)
    let pieces = try byteIDs([0xed, 0xff, 0x41, 0xe1, 0x80, 0x42, 0xf0, 0x9f], tokenizer).map { detokenizer.append($0) }
    #expect(pieces == ["", "\u{fffd}\u{fffd}", "A", "", "", "\u{fffd}B", "", ""])
    #expect(detokenizer.finish() == "\u{fffd}")
    #expect(detokenizer.finish() == "")
    let sign = try #require(tokenizer.id(of: "!"))
    #expect(detokenizer.append(sign) == "!")
  }

  @Test func controlTokensAreLeftOutUnlessAskedFor() throws {
    let tokenizer = try GoldenFile.tokenizer("exaone")
    let id = try #require(tokenizer.id(of: "[|endofturn|]"))
    #expect(id == 361 && tokenizer.isSpecial(id))
    var (silent, loud) = (Detokenizer(tokenizer), Detokenizer(tokenizer, skippingSpecial: false))
    #expect(silent.append(id) == "" && loud.append(id) == "[|endofturn|]")
    #expect(loud.append(-1) == "" && loud.append(.max) == "" && !tokenizer.isSpecial(.min))
  }
}
