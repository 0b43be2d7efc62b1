import Foundation
import Ops
import Testing
import Text

/// Files that lie or ask for what is not done here: one sentence, never a trap.
@Suite struct TokenizerRefusalTests {
  private func refusal(_ base: String, _ changes: (old: String, new: String)...) throws -> String {
    var json = String(decoding: try GoldenFile.json(base), as: UTF8.self)
    for change in changes {
      #expect(json.contains(change.old), "the fixture lacks \(change.old)")
      json = json.replacingOccurrences(of: change.old, with: change.new)
    }
    let error = #expect(throws: TokenizerError.self) { try Tokenizer(json: Array(json.utf8), name: "t.json") }
    return error?.description ?? ""
  }

  @Test(arguments: [
    (#""id":361,"#, #""id":360,"#, "360"),
    (#""id":361,"#, #""id":-1,"#, "added_tokens[361].id"),
    (#""!":362"#, #""!":363"#, "id 363"),
    (#""!":362"#, #""!":99999999999"#, "\"!\""),
    (#""!":362"#, #""!":9999999"#, "9999999"),
    (#""!":362"#, #""?!":362"#, "lacks"),
    (#""!":362"#, #""!":"362""#, "no id"),
    (#""type":"BPE""#, #""type":"Unigram""#, "model.type"),
    (#""dropout":null"#, #""dropout":0.1"#, "dropout"),
    (#""byte_fallback":false"#, #""byte_fallback":true"#, "byte_fallback"),
    (#""end_of_word_suffix":null"#, #""end_of_word_suffix":"</w>""#, "end_of_word_suffix"),
    (#""unk_token":null"#, #""unk_token":"nowhere""#, "unk_token"),
    (#""type":"NFKC""#, #""type":"Lowercase""#, "Lowercase"),
    (#""type":"Digits""#, #""type":"Whitespace""#, "Whitespace"),
    (#""version":"1.0""#, #""version":"2.0""#, "version"),
    (#""model":{"#, #""modell":{"#, "model"),
    (#""merges":["#, #""merges":[["nowhere","x"],"#, "merges[0]"),
    (#""merges":["#, #""merges":[["!","!"],"#, "\"!!\""),
    (#""merges":["#, #""merges":["! ! !","#, "merges[0]"),
    (#""merges":["#, #""merges":[7,"#, "merges[0]"),
    (#""content":"[BOS]""#, #""content":"[PAD]""#, "added_tokens[1]"),
    (#""content":"[BOS]""#, #""content":"""#, "added_tokens[1].content"),
    (#""special":true"#, #""special":1"#, "special"),
  ])
  func exaoneLayout(old: String, new: String, named: String) throws {
    let text = try refusal("exaone", (old, new))
    #expect(text.contains("t.json") && text.contains(named), "\(text)")
  }

  @Test func splitPatternsAndTemplates() throws {
    #expect(try refusal("llama", (#"\\p{N}{1,3}"#, #"\\p{N}{1,9}"#)).contains("pattern"))
    #expect(try refusal("llama", (#""behavior":"Isolated""#, #""behavior":"Removed""#)).contains("Split"))
    #expect(try refusal("llama", (#""invert":false"#, #""invert":true"#)).contains("Split"))
    #expect(try refusal("llama", (#""type":"TemplateProcessing""#, #""type":"BertProcessing""#)).contains("Bert"))
    #expect(try refusal("llama", (#""ids":["#, #""ids":[99999,"#)).contains("single[0]"))
    #expect(
      try refusal("llama", (#"{"Sequence":{"id":"A","type_id":0}}"#, #"{"Sequence":{"id":"B","type_id":0}}"#)).contains(
        "A"))
  }

  @Test func missingFile() {
    let error = #expect(throws: TokenizerError.self) { try Tokenizer(directory: "/nowhere") }
    #expect(error?.description.contains("/nowhere/tokenizer.json") == true)
  }

  /// Bytes changed, files cut, numbers replaced: reading works or throws, and what was read encodes.
  @Test(arguments: GoldenFile.names) func damagedFilesNeverTrap(name: String) throws {
    let seed: UInt64 = 0x6b61_6c73_6165
    print("damaged files of \(name): seed \(seed)")
    var generator = SeededGenerator(seed: seed)
    let original = small(try GoldenFile.json(name))
    var accepted = 0
    for _ in 0..<700 {
      let json = damage(original, &generator)
      guard let tokenizer = try? Tokenizer(json: json, name: "damaged") else { continue }
      accepted += 1
      let ids = tokenizer.encode(Array(json.prefix(300)))
      _ = tokenizer.decode(ids + [-1, .max], skippingSpecial: false)
    }
    print("damaged files of \(name): 700 read, \(accepted) of them still tokenizers")
    #expect((1..<700).contains(accepted))
  }

  /// Most unused tokens of the fixture only make the run longer.
  private func small(_ json: [UInt8]) -> [UInt8] {
    guard let start = json.firstRange(of: Array(#","merges":["#.utf8)) else { return json }
    return json.count < 40_000 ? json : Array(json[..<start.upperBound]) + Array("]}}".utf8)
  }

  private func damage(_ original: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
    var json = original
    switch Int.random(in: 0..<8, using: &generator) {
    case 0: json.removeLast(Int.random(in: 1..<json.count, using: &generator))
    case 1:
      let start = Int.random(in: 0..<json.count - 40, using: &generator)
      json.removeSubrange(start..<start + Int.random(in: 1..<40, using: &generator))
    case 2...4:
      let numbers = ["-1", "2147483648", "1e9", "0", "999999", "1e400", "null", "\"1\"", "0.5", "4294967296"]
      let digits = json.indices.filter { (0x30...0x39).contains(json[$0]) && !(0x30...0x39).contains(json[$0 - 1]) }
      guard let place = digits.randomElement(using: &generator) else { break }
      let end = json[place...].firstIndex { !(0x30...0x39).contains($0) } ?? json.count
      json.replaceSubrange(place..<end, with: Array((numbers.randomElement(using: &generator) ?? "").utf8))
    case 5:
      let (a, b) = (
        Int.random(in: 0..<json.count, using: &generator), Int.random(in: 0..<json.count, using: &generator)
      )
      json.swapAt(a, b)
    default:
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        json[Int.random(in: 0..<json.count, using: &generator)] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
      }
    }
    return json
  }
}
