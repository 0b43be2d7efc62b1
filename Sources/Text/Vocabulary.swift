/// Tokens by id and ids by bytes: those of the merges and those added.
struct Vocabulary: Sendable {
  /// As decoded; nil for ids without a token.
  private var decoded: [[UInt8]?]
  private var special: [Bool]
  /// By the token as the file writes it.
  private var ids: [ArraySlice<UInt8>: Int32]
  /// By the bytes that a token of the model stands for.
  private var modelIDs: [ArraySlice<UInt8>: Int32]
  /// Looked for in the text as it is.
  private(set) var rawTokens = AddedTokenFinder()
  /// Looked for in the normalized text.
  private(set) var normalizedTokens = AddedTokenFinder()

  var size: Int { decoded.count }

  /// - Parameters:
  ///   - model: the model's tokens as the file writes them; ids are proved unique and below `size`.
  ///   - added: ids are proved below `size`.
  init(model: [ArraySlice<UInt8>: Int32], added: [AddedToken], size: Int, indexingBytes: Bool) {
    decoded = Array(repeating: nil, count: size)
    special = Array(repeating: false, count: size)
    ids = model
    modelIDs = [:]
    if indexingBytes { modelIDs.reserveCapacity(model.count) }
    for (token, id) in model {
      let text = Array(token)
      let bytes = ByteAlphabet.bytes(of: text)
      decoded[Int(id)] = bytes ?? text
      if indexingBytes, let bytes { modelIDs[bytes[...]] = id }
    }
    for token in added {
      ids[token.content[...]] = token.id
      decoded[Int(token.id)] = ByteAlphabet.bytes(of: token.text) ?? token.text
      special[Int(token.id)] = token.isSpecial
    }
  }

  /// False where another token has this text.
  mutating func find(_ token: AddedToken) -> Bool {
    token.isNormalized ? normalizedTokens.insert(token) : rawTokens.insert(token)
  }

  func bytes(of id: Int32) -> [UInt8]? { decoded.indices.contains(Int(id)) ? decoded[Int(id)] : nil }
  func isSpecial(_ id: Int32) -> Bool { special.indices.contains(Int(id)) && special[Int(id)] }
  func id(of token: [UInt8]) -> Int32? { ids[token[...]] }
  func modelID(of bytes: ArraySlice<UInt8>) -> Int32? { modelIDs[bytes] }
}
