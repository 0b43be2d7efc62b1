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
}
