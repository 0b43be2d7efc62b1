import Tensors
import TestKit
import Testing
import Text

/// A tokenizer that lies in a GGUF file gives the ids of its tokenizer.json.
@Suite struct GGUFTokenizerTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// The keys that a file made of the tokenizer.json `name` has.
  private static func values(_ name: String, pre: String) throws -> [(key: String, value: GGUFBytes.Value)] {
    let document = try JSONValue(parsing: GoldenFile.json(name), name: name)
    var texts: [Int: String] = [:]
    for (text, id) in try #require(document["model"]?["vocab"]?.object).members {
      texts[try #require(id.integer)] = text.description
    }
    var types: [Int: Int32] = [:]
    for token in try #require(document["added_tokens"]?.array) {
      let id = try #require(token["id"]?.integer)
      texts[id] = token["content"]?.string
      types[id] = token["special"] == .bool(true) ? 3 : 4
    }
    let merges = try #require(document["model"]?["merges"]?.array).map { merge in
      merge.string ?? (merge.array ?? []).compactMap(\.string).joined(separator: " ")
    }
    let ids = texts.keys.sorted()
    #expect(ids == Array(0..<ids.count))
    return [
      ("tokenizer.ggml.model", .string("gpt2")), ("tokenizer.ggml.pre", .string(pre)),
      ("tokenizer.ggml.tokens", .strings(ids.compactMap { texts[$0] })),
      ("tokenizer.ggml.token_type", .int32s(ids.map { types[$0] ?? 1 })), ("tokenizer.ggml.merges", .strings(merges)),
    ]
  }

  private func metadata(_ values: [(key: String, value: GGUFBytes.Value)]) throws -> GGUFMetadata {
    var file = GGUFBytes()
    file.values = values
    return try GGUFFile(path: folder.write("t.gguf", file.bytes)).metadata
  }

  /// A begin-of-text token is added where the kind of tokenizer does so, or the file says so.
  private func tokenizer(_ name: String, pre: String) throws -> Tokenizer {
    var values = try Self.values(name, pre: pre)
    let begin = try GoldenFile.tokenizer(name).id(of: name == "llama" ? "<|begin_of_text|>" : "[BOS]")
    values.append(("tokenizer.ggml.bos_token_id", .uint32(UInt32(try #require(begin)))))
    return try Tokenizer(metadata(values))
  }

  @Test(arguments: [("exaone", "exaone"), ("llama", "llama-bpe")])
  func idsAreEqual(name: String, pre: String) throws {
    let golden = try GoldenFile(name)
    let tokenizer = try tokenizer(name, pre: pre)
    #expect(tokenizer.vocabularySize == golden.tokenizer.vocabularySize)
    let strings = try GoldenFile.strings()
    var tally = Tally()
    for (text, ids) in zip(strings, try #require(golden.golden["ids"]?.array)) {
      let got = tokenizer.encode(text, addSpecialTokens: false)
      tally.compare(got, try GoldenFile.ids(ids), of: text.escaped)
      tally.compare(
        tokenizer.decode(got, skippingSpecial: false), golden.tokenizer.decode(got, skippingSpecial: false),
        of: text.escaped)
      tally.compare(
        tokenizer.encode(text, addSpecialTokens: false, recognisingSpecial: false),
        golden.tokenizer.encode(text, addSpecialTokens: false, recognisingSpecial: false), of: text.escaped)
    }
    for (index, ids) in try GoldenFile.pairs(golden.golden["framed"]) {
      tally.compare(tokenizer.encode(strings[index]), ids, of: strings[index].escaped)
    }
    tally.report("ids by \(name) from GGUF")
  }

  @Test func framesFollowTheFile() throws {
    var values = try Self.values("exaone", pre: "exaone")
    values += [
      ("tokenizer.ggml.bos_token_id", .uint32(1)), ("tokenizer.ggml.eos_token_id", .uint32(361)),
      ("tokenizer.ggml.add_bos_token", .bool(true)), ("tokenizer.ggml.add_eos_token", .bool(true)),
    ]
    let ids = try Tokenizer(metadata(values)).encode(Array("a".utf8))
    #expect(ids.first == 1 && ids.last == 361 && ids.count == 3)
    values = try Self.values("llama", pre: "llama-bpe") + [("tokenizer.ggml.add_bos_token", .bool(false))]
    #expect(try Tokenizer(metadata(values)).encode(Array("a".utf8)).count == 1)
  }

  @Test func pathsOfEitherKind() throws {
    var file = GGUFBytes()
    file.values = try Self.values("exaone", pre: "exaone")
    let text = Array("12 칼새".utf8)
    let expected = try GoldenFile.tokenizer("exaone").encode(text)
    #expect(try Tokenizer(path: folder.write("t.gguf", file.bytes)).encode(text) == expected)
    try folder.write("tokenizer.json", GoldenFile.json("exaone"))
    #expect(try Tokenizer(path: folder.path).encode(text) == expected)
  }

  @Test func templateOfTheFile() throws {
    let template = try #require(try GoldenFile("llama").golden["chat"]?["template"]?.string)
    let llama = try metadata([("tokenizer.chat_template", .string(template))])
    #expect(try ChatFormat(modelType: "llama", metadata: llama) == .llama31)
    #expect(try ChatFormat(modelType: "exaone", metadata: metadata([])) == .exaone3)
    #expect(throws: TokenizerError.self) { try ChatFormat(modelType: "llama", metadata: metadata([])) }
    #expect(throws: TokenizerError.self) {
      try ChatFormat(modelType: "llama", metadata: metadata([("tokenizer.chat_template", .bool(true))]))
    }
  }

  /// The sentence that refuses the exaone tokenizer with `key` replaced, or left out for nil.
  private func refusal(_ key: String, _ value: GGUFBytes.Value?) throws -> String {
    var values = try Self.values("exaone", pre: "exaone").filter { $0.key != "tokenizer.ggml.\(key)" }
    if let value { values.append(("tokenizer.ggml.\(key)", value)) }
    let error = #expect(throws: TokenizerError.self, "\(key)") { try Tokenizer(metadata(values)) }
    return error?.description ?? ""
  }

  @Test func refusalsNameTheKey() throws {
    #expect(try refusal("model", nil).contains("tokenizer.ggml.model is missing"))
    #expect(try refusal("model", .string("llama")).contains("\"llama\"; only byte-level BPE"))
    #expect(try refusal("model", .uint32(1)).contains("tokenizer.ggml.model is no text"))
    #expect(try refusal("pre", nil).contains("pre is missing; known are exaone, gpt-2, llama-bpe"))
    #expect(try refusal("pre", .string("default")).contains("pre is \"default\"; known are"))
    #expect(try refusal("tokens", nil).contains("tokens is missing or empty"))
    #expect(try refusal("tokens", .strings([])).contains("tokens is missing or empty"))
    #expect(try refusal("tokens", .int32s([1])).contains("a list of int32, not of texts"))
    #expect(
      try refusal("tokens", .list(of: 8, count: 1, [1, 0, 0, 0, 0, 0, 0, 0, 0xff])).contains("tokens[0] is not UTF-8"))
    #expect(try refusal("token_type", .int32s([1, 2])).contains("token_type has 2 elements for 1889 tokens"))
    #expect(try refusal("token_type", .strings(["a"])).contains("a list of string, not of 32-bit integers"))
    #expect(try refusal("merges", nil).contains("merges is missing"))
    #expect(try refusal("merges", .strings(["!"])).contains("merges[0] is not \"a b\""))
    #expect(
      try refusal("merges", .strings(["! nowhere"])).contains("merges[0] names \"nowhere\", which \"tokens\" lacks"))
    #expect(try refusal("merges", .strings(["! !"])).contains("merges[0] makes \"!!\", which \"tokens\" lacks"))
    #expect(try refusal("add_bos_token", .bool(true)).contains("bos_token_id is missing or no token"))
    #expect(try refusal("add_bos_token", .uint32(1)).contains("add_bos_token is neither true nor false"))
  }

  /// Where whole pieces are looked up, the text of a control token is not among them.
  @Test func textIsNoControlToken() throws {
    let tokenizer = try Tokenizer(
      metadata([
        ("tokenizer.ggml.model", .string("gpt2")), ("tokenizer.ggml.pre", .string("llama-bpe")),
        ("tokenizer.ggml.tokens", .strings(["a", "b", "ab", "ba"])),
        ("tokenizer.ggml.token_type", .int32s([1, 1, 3, 4])), ("tokenizer.ggml.merges", .strings([])),
        ("tokenizer.ggml.add_bos_token", .bool(false)),
      ]))
    #expect(tokenizer.encode(Array("ab".utf8)) == [2])
    #expect(tokenizer.encode(Array("ab".utf8), recognisingSpecial: false) == [0, 1])
    #expect(tokenizer.encode(Array("ba".utf8), recognisingSpecial: false) == [3])
    #expect(tokenizer.isSpecial(2) && !tokenizer.isSpecial(3))
  }

  @Test func sameTextTwice() throws {
    func fault(_ texts: [String], _ types: [Int32]) throws -> String {
      let values: [(key: String, value: GGUFBytes.Value)] = [
        ("tokenizer.ggml.model", .string("gpt2")), ("tokenizer.ggml.pre", .string("gpt-2")),
        ("tokenizer.ggml.tokens", .strings(texts)), ("tokenizer.ggml.token_type", .int32s(types)),
        ("tokenizer.ggml.merges", .strings([])),
      ]
      return (#expect(throws: TokenizerError.self) { try Tokenizer(metadata(values)) })?.description ?? ""
    }
    #expect(try fault(["a", "b", "a"], [1, 1, 1]).contains("gives \"a\" the ids 0 and 2"))
    #expect(try fault(["<x>", "b", "<x>"], [3, 1, 3]).contains("id 2 with the text of an earlier one, \"<x>\""))
    #expect(try fault(["<x>", ""], [3, 3]).contains("tokens[1] is not 1 to 1024 bytes long"))
  }
}
