import Tensors

/// A `tokenizer.json`, read field by field; what it asks for and this program does not do is refused by name.
struct TokenizerFile {
  let document: JSONValue
  let model: JSONValue
  let name: String

  init(_ document: JSONValue, name: String) throws(TokenizerError) {
    self.name = name
    self.document = document
    guard document.object != nil else { throw TokenizerError("\(name): the document is not an object") }
    guard let model = document["model"], model.object != nil else {
      throw TokenizerError("\(name): \"model\" is missing")
    }
    self.model = model
    if let version = document["version"], version.byteString != "1.0" {
      throw error("version", "is not \"1.0\", the one layout known here")
    }
  }

  func error(_ place: String, _ reason: String) -> TokenizerError {
    TokenizerError("\(name): \"\(place)\" \(reason)")
  }

  /// The member of an object; null counts as missing.
  func member(_ key: String, of value: JSONValue) -> JSONValue? {
    guard let member = value[key], !member.isNull else { return nil }
    return member
  }

  func flag(_ key: String, in value: JSONValue, at place: String) throws(TokenizerError) -> Bool? {
    guard let member = member(key, of: value) else { return nil }
    guard let flag = member.bool else { throw error("\(place).\(key)", "is neither true nor false") }
    return flag
  }

  func text(_ key: String, in value: JSONValue, at place: String) throws(TokenizerError) -> [UInt8] {
    guard let text = member(key, of: value)?.byteString else { throw error("\(place).\(key)", "is not a text") }
    return text.bytes
  }

  func type(of value: JSONValue, at place: String) throws(TokenizerError) -> String {
    String(decoding: try text("type", in: value, at: place), as: UTF8.self)
  }

  func list(_ key: String, in value: JSONValue, at place: String) throws(TokenizerError) -> [JSONValue] {
    guard let list = member(key, of: value)?.array else { throw error("\(place).\(key)", "is not a list") }
    return list
  }

  /// The steps of a field that is null, one step or a Sequence of steps.
  private func steps(
    _ value: JSONValue?, _ key: String, at place: String
  ) throws(TokenizerError) -> [(value: JSONValue, place: String)] {
    guard let value, !value.isNull else { return [] }
    guard try type(of: value, at: place) == "Sequence" else { return [(value, place)] }
    var result: [(value: JSONValue, place: String)] = []
    for (i, step) in try list(key, in: value, at: place).enumerated() {
      result += try steps(step, key, at: "\(place).\(key)[\(i)]")
    }
    return result
  }

  func normalizers() throws(TokenizerError) -> [Normalizer] {
    var result: [Normalizer] = []
    for (value, place) in try steps(document["normalizer"], "normalizers", at: "normalizer") {
      let type = try type(of: value, at: place)
      if let form = UnicodeForm(rawValue: type) {
        result.append(.form(form))
      } else if type == "Prepend" {
        result.append(.prepend(try text("prepend", in: value, at: place)))
      } else if type == "Replace" {
        guard let pattern = value["pattern"]?["String"]?.byteString, !pattern.bytes.isEmpty else {
          throw error("\(place).pattern", "is not {\"String\": …}: patterns are not run here")
        }
        result.append(.replace(pattern.bytes, with: try text("content", in: value, at: place)))
      } else {
        throw error(place, "is \(type); known are NFC, NFD, NFKC, NFKD, Replace, Prepend and Sequence")
      }
    }
    return result
  }

  func preTokenizers() throws(TokenizerError) -> [PreTokenizer] {
    var result: [PreTokenizer] = []
    let steps = try steps(document["pre_tokenizer"], "pretokenizers", at: "pre_tokenizer")
    for (i, (value, place)) in steps.enumerated() {
      switch try type(of: value, at: place) {
      case "Digits": result.append(.digits(individually: try flag("individual_digits", in: value, at: place) ?? false))
      case "Split": result.append(try split(value, at: place))
      case "ByteLevel":
        guard i == steps.count - 1 else { throw error(place, "is ByteLevel before other steps") }
        if try flag("add_prefix_space", in: value, at: place) ?? true {
          throw error("\(place).add_prefix_space", "is not false: a blank before the text is not added here")
        }
        if try flag("use_regex", in: value, at: place) ?? true { result.append(.gpt2) }
      case let type: throw error(place, "is \(type); known are ByteLevel, Digits, Split and Sequence")
      }
    }
    guard let last = steps.last, try type(of: last.value, at: last.place) == "ByteLevel" else {
      throw error("pre_tokenizer", "does not end with ByteLevel: only byte-level vocabularies are known here")
    }
    return result
  }

  private static let gpt2 = #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)"#
  private static let llama3Start = #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|"#
  private static let llama3End = #"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
  private static let patterns: [String: PreTokenizer] = [
    #"\p{N}"#: .numbers,
    gpt2: .gpt2,
    gpt2 + #"|\s+"#: .gpt2,
    llama3Start + #"\p{N}{1,3}"# + llama3End: .llama3(digits: 3),
    llama3Start + #"\p{N}"# + llama3End: .llama3(digits: 1),
  ]

  private func split(_ value: JSONValue, at place: String) throws(TokenizerError) -> PreTokenizer {
    guard let pattern = value["pattern"]?["Regex"]?.string, let known = Self.patterns[pattern] else {
      throw error("\(place).pattern", "is not a pattern of EXAONE, GPT-2, Llama 3 or Qwen 2; no other is known")
    }
    guard value["behavior"]?.byteString == "Isolated", try flag("invert", in: value, at: place) != true else {
      throw error(place, "is a Split that is not Isolated or that is inverted; that is not done here")
    }
    return known
  }

  func checkDecoder() throws(TokenizerError) {
    for (value, place) in try steps(document["decoder"], "decoders", at: "decoder") {
      guard try type(of: value, at: place) != "ByteLevel" else { continue }
      throw error(place, "is \(try type(of: value, at: place)); only ByteLevel is known")
    }
    if document["decoder"].map(\.isNull) ?? true { throw error("decoder", "is missing; it should be ByteLevel") }
  }

  /// What the post-processor puts around a text's ids; empty where it adds nothing.
  func frame(vocabulary: Vocabulary) throws(TokenizerError) -> [FramePart] {
    var frame: [FramePart] = []
    for (value, place) in try steps(document["post_processor"], "processors", at: "post_processor") {
      switch try type(of: value, at: place) {
      case "ByteLevel": continue
      case "TemplateProcessing":
        guard frame.isEmpty else { throw error(place, "is a second TemplateProcessing") }
        frame = try template(value, at: place, vocabulary: vocabulary)
      case let type: throw error(place, "is \(type); known are ByteLevel, TemplateProcessing and Sequence")
      }
    }
    return frame
  }

  private func template(
    _ value: JSONValue, at place: String, vocabulary: Vocabulary
  ) throws(TokenizerError) -> [FramePart] {
    var frame: [FramePart] = []
    for (i, part) in try list("single", in: value, at: place).enumerated() {
      let place = "\(place).single[\(i)]"
      if let sequence = part["Sequence"] {
        guard sequence["id"]?.byteString == "A" else { throw error(place, "is a sequence other than A") }
        frame.append(FramePart(ids: nil))
        continue
      }
      guard let token = part["SpecialToken"]?["id"]?.byteString else {
        throw error(place, "is neither Sequence nor SpecialToken")
      }
      guard let list = value["special_tokens"]?.object?[token]?["ids"]?.array else {
        throw error(place, "names \"\(token)\", which \"special_tokens\" lacks")
      }
      var ids: [Int32] = []
      for value in list {
        guard let id = value.integer.flatMap({ Int32(exactly: $0) }), vocabulary.bytes(of: id) != nil else {
          throw error(place, "has an id for \"\(token)\" that no token has")
        }
        ids.append(id)
      }
      frame.append(FramePart(ids: ids))
    }
    guard frame.contains(where: { $0.ids == nil }) else { throw error("\(place).single", "leaves the text out") }
    return frame
  }
}
