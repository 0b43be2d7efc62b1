import Tensors

/// The `tokenizer.ggml` keys of a GGUF file, read one by one.
struct TokenizerKeys {
  let kind: TokenizerKind
  private let metadata: GGUFMetadata

  /// Numbers of `tokenizer.ggml.token_type`; what is neither is merged as usual.
  private static let control: Int32 = 3
  private static let userDefined: Int32 = 4

  init(_ metadata: GGUFMetadata) throws(TokenizerError) {
    self.metadata = metadata
    guard let model = try metadata.read("model", GGUFMetadata.text) else {
      throw metadata.error("model", "is missing: the file carries no tokenizer")
    }
    guard model == "gpt2" else {
      throw metadata.error("model", "is \(quoted(model.description)); only byte-level BPE, \"gpt2\", is known")
    }
    guard let name = try metadata.read("pre", GGUFMetadata.text) else {
      throw metadata.error("pre", "is missing; known are \(TokenizerKind.names)")
    }
    guard let kind = TokenizerKind.named(name) else {
      throw metadata.error("pre", "is \(quoted(name.description)); known are \(TokenizerKind.names)")
    }
    self.kind = kind
  }

  func vocabulary() throws(TokenizerError) -> (Vocabulary, BytePairEncoder) {
    guard let texts = try metadata.read("tokens", GGUFMetadata.texts), !texts.isEmpty else {
      throw metadata.error("tokens", "is missing or empty")
    }
    let types = try metadata.read("token_type", GGUFMetadata.integers) ?? []
    guard types.isEmpty || types.count == texts.count else {
      throw metadata.error("token_type", "has \(types.count) elements for \(texts.count) tokens")
    }
    var tokens: [ArraySlice<UInt8>: Int32] = [:]
    tokens.reserveCapacity(texts.count)
    var added: [AddedToken] = []
    for (index, text) in texts.enumerated() {
      let id = Int32(truncatingIfNeeded: index)
      let type = types.isEmpty ? 0 : types[index]
      if type == Self.control || type == Self.userDefined {
        added.append(try addedToken(text.bytes, id: id, isSpecial: type == Self.control))
        // Text that is merged must not become a control token.
        if type == Self.control { continue }
      }
      if let other = tokens.updateValue(id, forKey: text.bytes[...]) {
        throw metadata.error("tokens", "gives \(quoted(text.description)) the ids \(other) and \(id)")
      }
    }
    let encoder = try encoder(tokens)
    var vocabulary = Vocabulary(
      model: tokens, added: added, size: texts.count, indexingBytes: kind.takesWholePieces)
    for token in added {
      guard vocabulary.find(token) else {
        throw metadata.error(
          "tokens", "has id \(token.id) with the text of an earlier one, \"\(token.text[...].shown)\"")
      }
    }
    return (vocabulary, encoder)
  }

  private func addedToken(_ text: [UInt8], id: Int32, isSpecial: Bool) throws(TokenizerError) -> AddedToken {
    guard (1...AddedTokenFinder.byteCountLimit).contains(text.count) else {
      throw metadata.error("tokens[\(id)]", "is not 1 to \(AddedTokenFinder.byteCountLimit) bytes long")
    }
    return AddedToken(
      id: id, content: text, text: text, isSpecial: isSpecial, isNormalized: false, stripsLeft: false,
      stripsRight: false, isSingleWord: false)
  }

  private func encoder(_ tokens: [ArraySlice<UInt8>: Int32]) throws(TokenizerError) -> BytePairEncoder {
    guard let merges = try metadata.read("merges", GGUFMetadata.texts) else {
      throw metadata.error("merges", "is missing")
    }
    var encoder = BytePairEncoder(tokens, mergeCount: merges.count, unknown: nil, fusesUnknown: false)
    for (index, text) in merges.enumerated() {
      guard let pair = BytePairEncoder.pair(text) else { throw metadata.error("merges[\(index)]", "is not \"a b\"") }
      if let fault = encoder.addMerge(pair, tokens) {
        throw metadata.error("merges[\(index)]", "\(fault), which \"tokens\" lacks")
      }
    }
    return encoder
  }

  /// What is put around a text's ids; empty where nothing is.
  func frame(vocabulary: Vocabulary) throws(TokenizerError) -> [FramePart] {
    var frame = [FramePart(ids: nil)]
    if try metadata.read("add_bos_token", GGUFMetadata.flag) ?? kind.addsBeginToken {
      frame.insert(FramePart(ids: [try token("bos_token_id", vocabulary)]), at: 0)
    }
    if try metadata.read("add_eos_token", GGUFMetadata.flag) ?? false {
      frame.append(FramePart(ids: [try token("eos_token_id", vocabulary)]))
    }
    return frame.count == 1 ? [] : frame
  }

  private func token(_ key: String, _ vocabulary: Vocabulary) throws(TokenizerError) -> Int32 {
    guard let id = try metadata.read(key, GGUFMetadata.integer).flatMap({ Int32(exactly: $0) }),
      vocabulary.bytes(of: id) != nil
    else { throw metadata.error(key, "is missing or no token, but texts are to have it") }
    return id
  }
}

extension GGUFMetadata {
  fileprivate func error(_ key: String, _ reason: String) -> TokenizerError {
    TokenizerError("\(path): tokenizer.ggml.\(key) \(reason)")
  }

  /// The value of `tokenizer.ggml.` and `key`, read by one of the accessors.
  fileprivate func read<Value>(
    _ key: String, _ accessor: (GGUFMetadata) -> (String) throws(TensorError) -> Value?
  ) throws(TokenizerError) -> Value? {
    do throws(TensorError) { return try accessor(self)("tokenizer.ggml.\(key)") } catch { throw TokenizerError(error) }
  }
}
