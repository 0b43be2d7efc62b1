public import Tensors

/// Byte-level BPE as a `tokenizer.json` or a GGUF file describes it: the ids are those of the `tokenizers` package.
public struct Tokenizer: Sendable {
  let vocabulary: Vocabulary
  package let normalizers: [Normalizer]
  let preTokenizers: [PreTokenizer]
  let encoder: BytePairEncoder
  /// A piece that is a token as a whole is not merged.
  let takesWholePieces: Bool
  let frame: [FramePart]

  /// One more than the largest id.
  public var vocabularySize: Int { vocabulary.size }

  /// Reads the tokenizer of a model: a folder with `tokenizer.json`, or a GGUF file.
  ///
  /// - Throws: `TokenizerError` that names the file, the place in it and what is wrong there.
  public init(path: String) throws(TokenizerError) {
    guard GGUFFile.isFile(path) else {
      try self.init(directory: path)
      return
    }
    let file: GGUFFile
    do throws(TensorError) { file = try GGUFFile(path: path) } catch { throw TokenizerError(error) }
    try self.init(file.metadata)
  }

  /// Reads `tokenizer.json` in a folder.
  ///
  /// - Throws: `TokenizerError` that names the file, the place in it and what is wrong there.
  public init(directory: String) throws(TokenizerError) {
    let path = directory.hasSuffix("/") ? directory + "tokenizer.json" : directory + "/tokenizer.json"
    let document: JSONValue
    do throws(TensorError) { document = try JSONValue(path: path) } catch { throw TokenizerError(error) }
    try self.init(document, name: path)
  }

  /// - Parameters:
  ///   - json: the bytes of a `tokenizer.json`.
  ///   - name: what to call it in errors.
  public init(json: [UInt8], name: String) throws(TokenizerError) {
    let document: JSONValue
    do throws(TensorError) { document = try JSONValue(parsing: json, name: name) } catch { throw TokenizerError(error) }
    try self.init(document, name: name)
  }

  private init(_ document: JSONValue, name: String) throws(TokenizerError) {
    let file = try TokenizerFile(document, name: name)
    normalizers = try file.normalizers()
    preTokenizers = try file.preTokenizers()
    (vocabulary, encoder) = try file.vocabulary(normalizers: normalizers)
    takesWholePieces = try file.flag("ignore_merges", in: file.model, at: "model") ?? false
    frame = try file.frame(vocabulary: vocabulary)
    try file.checkDecoder()
  }

  /// Reads the tokenizer that a GGUF file carries.
  ///
  /// - Throws: `TokenizerError` that names the file, the key and what is wrong there.
  public init(_ metadata: GGUFMetadata) throws(TokenizerError) {
    let keys = try TokenizerKeys(metadata)
    normalizers = keys.kind.normalizers
    preTokenizers = keys.kind.preTokenizers
    takesWholePieces = keys.kind.takesWholePieces
    (vocabulary, encoder) = try keys.vocabulary()
    frame = try keys.frame(vocabulary: vocabulary)
  }

  /// The ids of a text; bytes that are not UTF-8 count as U+FFFD.
  ///
  /// - Parameters:
  ///   - addSpecialTokens: adds what the post-processor adds, such as a begin-of-text token.
  ///   - recognisingSpecial: false takes the text of a control token for text; other added tokens still match.
  public func encode(
    _ bytes: [UInt8], addSpecialTokens: Bool = true, recognisingSpecial: Bool = true
  ) -> [Int32] {
    let text = bytes.replacingInvalidUTF8()
    var ids: [Int32] = []
    for part in vocabulary.rawTokens.split(text, recognisingSpecial: recognisingSpecial) {
      switch part {
      case .token(let id): ids.append(id)
      case .text(let range):
        encodeNormalized(
          normalizers.normalize(Array(text[range])), recognisingSpecial: recognisingSpecial, into: &ids)
      }
    }
    guard addSpecialTokens else { return ids }
    return frame.isEmpty ? ids : frame.flatMap { $0.ids ?? ids }
  }

  private func encodeNormalized(_ text: [UInt8], recognisingSpecial: Bool, into ids: inout [Int32]) {
    guard !vocabulary.normalizedTokens.isEmpty else { return encodePieces(text, into: &ids) }
    for part in vocabulary.normalizedTokens.split(text, recognisingSpecial: recognisingSpecial) {
      switch part {
      case .token(let id): ids.append(id)
      case .text(let range): encodePieces(Array(text[range]), into: &ids)
      }
    }
  }

  private func encodePieces(_ bytes: [UInt8], into ids: inout [Int32]) {
    let text = ScalarText(bytes)
    var workspace = MergeWorkspace()
    for piece in preTokenizers.pieces(of: text) {
      let slice = bytes[text.byteRange(piece)]
      if takesWholePieces, let id = vocabulary.modelID(of: slice) {
        ids.append(id)
      } else {
        encoder.encode(slice, with: &workspace, into: &ids)
      }
    }
  }

  /// The bytes of ids one after another; they need not be UTF-8. Ids that the vocabulary lacks give nothing.
  public func decode(_ ids: [Int32], skippingSpecial: Bool) -> [UInt8] {
    var result: [UInt8] = []
    for id in ids where !(skippingSpecial && isSpecial(id)) {
      if let bytes = bytes(of: id) { result += bytes }
    }
    return result
  }

  /// What an id stands for, or nil where the vocabulary lacks it.
  public func bytes(of id: Int32) -> [UInt8]? { vocabulary.bytes(of: id) }

  /// True for control tokens.
  public func isSpecial(_ id: Int32) -> Bool { vocabulary.isSpecial(id) }

  /// The id of a token as the file writes it (letters for bytes: a blank is `Ġ`), or nil.
  public func id(of token: String) -> Int32? { vocabulary.id(of: Array(token.utf8)) }
}

/// A part of what the post-processor makes of a text: ids of its own, or the text's (nil).
struct FramePart: Sendable {
  var ids: [Int32]?
}
