import Tensors

extension TokenizerFile {
  /// Ids without a token are accepted up to this many and as many again as there are tokens.
  private static let holeLimit = 1024

  func vocabulary(normalizers: [Normalizer]) throws(TokenizerError) -> (Vocabulary, BytePairEncoder) {
    try checkModel()
    var (tokens, owners) = try modelTokens()
    let added = try addedTokens(normalizers)
    for (i, token) in added.enumerated() {
      let place = "added_tokens[\(i)]"
      if let id = tokens[token.content[...]] {
        guard id == token.id else { throw error(place, "has id \(token.id), but \"model.vocab\" says \(id)") }
      } else if let other = owners.updateValue(token.content[...], forKey: token.id) {
        throw error(place, "has id \(token.id), which \"\(other.shown)\" has already")
      }
    }
    guard let largest = owners.keys.max() else { throw error("model.vocab", "is empty") }
    guard Int(largest) < owners.count * 2 + Self.holeLimit else {
      throw error("model.vocab", "has only \(owners.count) tokens, yet id \(largest)")
    }
    let encoder = try encoder(tokens)
    tokens.reserveCapacity(tokens.count + added.count)
    let indexes = try flag("ignore_merges", in: model, at: "model") ?? false
    var vocabulary = Vocabulary(model: tokens, added: added, size: Int(largest) + 1, indexingBytes: indexes)
    for (i, token) in added.enumerated() {
      guard vocabulary.find(token) else {
        throw error("added_tokens[\(i)]", "has the text of an earlier one, \"\(token.content[...].shown)\"")
      }
    }
    return (vocabulary, encoder)
  }

  private func checkModel() throws(TokenizerError) {
    if let type = member("type", of: model), type.byteString != "BPE" {
      throw error("model.type", "is not \"BPE\", the one kind of model known here")
    }
    if let dropout = member("dropout", of: model), dropout.number != 0 {
      throw error("model.dropout", "is not 0: it would make ids random")
    }
    for key in ["continuing_subword_prefix", "end_of_word_suffix"] {
      guard let value = member(key, of: model) else { continue }
      guard value.byteString == "" else { throw error("model.\(key)", "is not empty; that is not done here") }
    }
    if try flag("byte_fallback", in: model, at: "model") == true {
      throw error("model.byte_fallback", "is true; only byte-level vocabularies are known here")
    }
  }

  private func id(_ value: JSONValue?) -> Int32? {
    guard let id = value?.integer.flatMap({ Int32(exactly: $0) }), id >= 0 else { return nil }
    return id
  }

  private func modelTokens() throws(TokenizerError) -> ([ArraySlice<UInt8>: Int32], [Int32: ArraySlice<UInt8>]) {
    guard let members = model["vocab"]?.object?.members else { throw error("model.vocab", "is not an object") }
    var tokens: [ArraySlice<UInt8>: Int32] = [:]
    var owners: [Int32: ArraySlice<UInt8>] = [:]
    tokens.reserveCapacity(members.count)
    owners.reserveCapacity(members.count)
    for (key, value) in members {
      guard let id = id(value) else { throw error("model.vocab", "gives \"\(key)\" no id from 0 up") }
      tokens[key.bytes[...]] = id
      if let other = owners.updateValue(key.bytes[...], forKey: id) {
        throw error("model.vocab", "gives id \(id) to \"\(other.shown)\" and to \"\(key)\"")
      }
    }
    return (tokens, owners)
  }

  private func addedTokens(_ normalizers: [Normalizer]) throws(TokenizerError) -> [AddedToken] {
    guard let list = member("added_tokens", of: document) else { return [] }
    guard let list = list.array else { throw error("added_tokens", "is not a list") }
    var result: [AddedToken] = []
    for (i, value) in list.enumerated() {
      let place = "added_tokens[\(i)]"
      guard let id = id(member("id", of: value)) else { throw error("\(place).id", "is not an id from 0 up") }
      let content = try text("content", in: value, at: place)
      guard (1...AddedTokenFinder.byteCountLimit).contains(content.count) else {
        throw error("\(place).content", "is not 1 to \(AddedTokenFinder.byteCountLimit) bytes long")
      }
      let special = try flag("special", in: value, at: place) ?? false
      let isNormalized = try flag("normalized", in: value, at: place) ?? !special
      result.append(
        AddedToken(
          id: id, content: content, text: isNormalized ? normalizers.normalize(content) : content,
          isSpecial: special, isNormalized: isNormalized,
          stripsLeft: try flag("lstrip", in: value, at: place) ?? false,
          stripsRight: try flag("rstrip", in: value, at: place) ?? false,
          isSingleWord: try flag("single_word", in: value, at: place) ?? false))
    }
    return result
  }

  private func encoder(_ tokens: [ArraySlice<UInt8>: Int32]) throws(TokenizerError) -> BytePairEncoder {
    var unknown: Int32?
    if let token = member("unk_token", of: model) {
      guard let id = token.byteString.flatMap({ tokens[$0.bytes[...]] }) else {
        throw error("model.unk_token", "is not in \"model.vocab\"")
      }
      unknown = id
    }
    let list = try list("merges", in: model, at: "model")
    var encoder = BytePairEncoder(
      tokens, mergeCount: list.count, unknown: unknown,
      fusesUnknown: try flag("fuse_unk", in: model, at: "model") ?? false)
    for (i, value) in list.enumerated() {
      let place = "model.merges[\(i)]"
      if let fault = encoder.addMerge(try pair(value, at: place), tokens) {
        throw error(place, "\(fault), which \"model.vocab\" lacks")
      }
    }
    return encoder
  }

  private func pair(
    _ value: JSONValue, at place: String
  ) throws(TokenizerError) -> (ArraySlice<UInt8>, ArraySlice<UInt8>) {
    if let text = value.byteString {
      if let pair = BytePairEncoder.pair(text) { return pair }
    } else if let pair = value.array, pair.count == 2, let a = pair[0].byteString, let b = pair[1].byteString {
      return (a.bytes[...], b.bytes[...])
    }
    throw error(place, "is neither \"a b\" nor [\"a\", \"b\"]")
  }
}

extension ArraySlice<UInt8> {
  /// The text for an error message, cut to a length that a person reads.
  var shown: String { String(decoding: prefix(60), as: UTF8.self) }
}
