import Foundation
import Tensors
import Testing
import Text

/// Equal to the `tokenizers` package on the strings of tools/golden/tokenizer_cases.py.
@Suite struct TokenizerGoldenTests {
  @Test(arguments: GoldenFile.names) func idsAreEqual(name: String) throws {
    let file = try GoldenFile(name)
    let strings = try GoldenFile.strings()
    let expected = try #require(file.golden["ids"]?.array)
    #expect(strings.count >= 2000 && strings.count == expected.count)
    var tally = Tally()
    for (text, ids) in zip(strings, expected) {
      tally.compare(file.tokenizer.encode(text, addSpecialTokens: false), try GoldenFile.ids(ids), of: text.escaped)
    }
    tally.report("ids by \(name)")
  }

  /// The strings whose ids change when control tokens are not recognised; all others keep theirs.
  @Test(arguments: GoldenFile.names) func textOfControlTokensStaysText(name: String) throws {
    let file = try GoldenFile(name)
    let strings = try GoldenFile.strings()
    var expected = try #require(file.golden["ids"]?.array).map { try GoldenFile.ids($0) }
    let changes = try GoldenFile.pairs(file.golden["as_text"])
    #expect(changes.count > 20)
    for change in changes { expected[change.index] = change.ids }
    var tally = Tally()
    for (text, ids) in zip(strings, expected) {
      let got = file.tokenizer.encode(text, addSpecialTokens: false, recognisingSpecial: false)
      tally.compare(got, ids, of: text.escaped)
    }
    tally.report("ids by \(name), control tokens as text")
  }

  @Test(arguments: GoldenFile.names) func postProcessorAddsItsTokens(name: String) throws {
    let file = try GoldenFile(name)
    let strings = try GoldenFile.strings()
    var tally = Tally()
    for (index, ids) in try GoldenFile.pairs(file.golden["framed"]) {
      tally.compare(file.tokenizer.encode(strings[index]), ids, of: strings[index].escaped)
    }
    tally.report("ids by \(name), post-processed")
  }

  @Test func variantsOfTheFilesAreFollowed() throws {
    let strings = try GoldenFile.strings()
    let document = try JSONValue(path: GoldenFile.directory + "/variants.golden.json")
    for variant in try #require(document.array) {
      let (base, old, new) = (
        try #require(variant["base"]?.string), try #require(variant["old"]?.string),
        try #require(variant["new"]?.string)
      )
      let json = String(decoding: try GoldenFile.json(base), as: UTF8.self)
      let tokenizer = try Tokenizer(json: Array(json.replacingOccurrences(of: old, with: new).utf8), name: new)
      var tally = Tally()
      for (index, ids) in try GoldenFile.pairs(variant["ids"]) {
        tally.compare(tokenizer.encode(strings[index], addSpecialTokens: false), ids, of: strings[index].escaped)
      }
      tally.report("ids by \(base) with \(new)")
    }
  }

  /// Every scalar after a letter, after a digit, after a blank and after itself.
  @Test(arguments: GoldenFile.names) func everyScalarIsTakenAlike(name: String) throws {
    let file = try GoldenFile(name)
    let hashes = try #require(file.golden["scalars"]?.array).map { try #require($0.string) }
    #expect(hashes.count == 0x110000 / 4096)
    var tally = Tally()
    for (i, hash) in hashes.enumerated() {
      var value: UInt64 = 0xcbf2_9ce4_8422_2325
      for block in stride(from: i * 4096, to: i * 4096 + 4096, by: 256) {
        var text: [UInt8] = []
        for code in block..<block + 256 {
          guard let scalar = Unicode.Scalar(UInt32(code)) else { continue }
          text += "x\(scalar)1\(scalar) \(scalar)\(scalar).".utf8
        }
        for id in file.tokenizer.encode(text, addSpecialTokens: false) {
          value = (value ^ UInt64(UInt32(bitPattern: id))) &* 0x100_0000_01b3
        }
      }
      let text = String(value, radix: 16)
      tally.compare(
        String(repeating: "0", count: 16 - text.count) + text, hash, of: "scalars from U+\(String(i * 4096, radix: 16))"
      )
    }
    tally.report("blocks of 4,096 scalars by \(name)")
  }

  @Test(arguments: GoldenFile.names) func decodedTextIsEqual(name: String) throws {
    let file = try GoldenFile(name)
    var (tally, streamed) = (Tally(), Tally())
    for entry in try #require(file.golden["decoded"]?.array) {
      let parts = try #require(entry.array)
      let ids = try GoldenFile.ids(parts[0])
      for (skipping, expected) in [(false, parts[1]), (true, parts[2])] {
        let expected = try #require(expected.byteString).bytes
        let got = file.tokenizer.decode(ids, skippingSpecial: skipping).replacingInvalidUTF8()
        tally.compare(got.escaped, expected.escaped, of: "\(ids)")
        var detokenizer = Detokenizer(file.tokenizer, skippingSpecial: skipping)
        let pieces = ids.map { detokenizer.append($0) } + [detokenizer.finish()]
        streamed.compare(pieces.flatMap { Array($0.utf8) }.escaped, expected.escaped, of: "\(ids)")
      }
    }
    tally.report("decoded by \(name)")
    streamed.report("decoded by \(name), id by id")
  }
}
