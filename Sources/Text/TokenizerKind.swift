import Tensors

/// What GGUF files leave unsaid about a tokenizer but for its name: how text is cut before it is merged.
struct TokenizerKind: Sendable {
  var normalizers: [Normalizer] = []
  let preTokenizers: [PreTokenizer]
  /// A piece that is a token as a whole is not merged.
  var takesWholePieces = false
  /// Whether texts begin with the begin-of-text token where the file does not say.
  var addsBeginToken = false

  /// The kind that `tokenizer.ggml.pre` names, or nil.
  static func named(_ name: ByteString) -> TokenizerKind? { all[name] }

  /// Names that are known, for errors.
  static var names: String { all.keys.map(\.description).sorted().joined(separator: ", ") }

  private static let all: [ByteString: TokenizerKind] = [
    "exaone": TokenizerKind(normalizers: [.form(.nfkc)], preTokenizers: [.digits(individually: true), .gpt2]),
    "gpt-2": TokenizerKind(preTokenizers: [.gpt2]),
    "llama-bpe": llama3, "llama3": llama3, "llama-v3": llama3,
    "qwen2": TokenizerKind(normalizers: [.form(.nfc)], preTokenizers: [.llama3(digits: 1)]),
    "smaug-bpe": TokenizerKind(preTokenizers: [.llama3(digits: 3)]),
  ]
  private static let llama3 = TokenizerKind(
    preTokenizers: [.llama3(digits: 3)], takesWholePieces: true, addsBeginToken: true)
}
