/// How a family calls the weights of a decoder in its checkpoints; `.weight` is added to each.
struct DecoderNames: Sendable, Hashable {
  let embedding: String
  /// What stands before a layer's number.
  let layers: String
  let attentionNorm: String
  let query: String
  let key: String
  let value: String
  let attentionOutput: String
  let feedForwardNorm: String
  let gate: String
  let up: String
  let down: String
  let finalNorm: String
  let head: String

  /// What GGUF files call them, whatever the family.
  static let gguf = DecoderNames(
    embedding: "token_embd", layers: "blk",
    attentionNorm: "attn_norm", query: "attn_q", key: "attn_k", value: "attn_v", attentionOutput: "attn_output",
    feedForwardNorm: "ffn_norm", gate: "ffn_gate", up: "ffn_up", down: "ffn_down",
    finalNorm: "output_norm", head: "output")
}
