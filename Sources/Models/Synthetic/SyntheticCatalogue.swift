import Tensors

/// The shapes that synthetic models come in: config.json of each published size, and two small ones for comparisons.
///
/// Sources: the models' own config.json, as LG AI Research and Meta publish them.
enum SyntheticCatalogue {
  /// By name, smallest of a family first.
  static let configurations: [(name: String, configuration: String)] = [
    ("tiny", exaone(hidden: 512, layers: 8, heads: 8, keyValueHeads: 2, intermediate: 1536, vocabulary: 4096)),
    ("small", exaone(hidden: 1024, layers: 24, heads: 16, keyValueHeads: 4, intermediate: 4096, vocabulary: 32000)),
    (
      "exaone-3.0-7.8b",
      exaone(
        hidden: 4096, layers: 32, heads: 32, keyValueHeads: 8, intermediate: 14336, context: 4096, rotaryBase: 500_000)
    ),
    ("exaone-3.5-2.4b", exaone35(hidden: 2560, layers: 30, heads: 32, intermediate: 7168, isTied: true)),
    ("exaone-3.5-7.8b", exaone35(hidden: 4096, layers: 32, heads: 32, intermediate: 14336)),
    ("exaone-3.5-32b", exaone35(hidden: 5120, layers: 64, heads: 40, intermediate: 27392)),
    ("exaone-deep-2.4b", exaone35(hidden: 2560, layers: 30, heads: 32, intermediate: 7168, isTied: true)),
    ("exaone-deep-7.8b", exaone35(hidden: 4096, layers: 32, heads: 32, intermediate: 14336)),
    ("exaone-deep-32b", exaone35(hidden: 5120, layers: 64, heads: 40, intermediate: 27392)),
    ("llama-3.2-1b", llama(hidden: 2048, layers: 16, headDimension: 64, intermediate: 8192, factor: 32, isTied: true)),
    (
      "llama-3.2-3b",
      llama(hidden: 3072, layers: 28, heads: 24, headDimension: 128, intermediate: 8192, factor: 32, isTied: true)
    ),
    ("llama-3.1-8b", llama(hidden: 4096, layers: 32, headDimension: 128, intermediate: 14336, factor: 8)),
    ("llama-3.1-70b", llama(hidden: 8192, layers: 80, heads: 64, headDimension: 128, intermediate: 28672, factor: 8)),
  ]

  private static func exaone(
    hidden: Int, layers: Int, heads: Int, keyValueHeads: Int, intermediate: Int, vocabulary: Int = 102_400,
    context: Int = 32768, rotaryBase: Int = 1_000_000, isTied: Bool = false, scaling: String = "null"
  ) -> String {
    """
    {"model_type": "exaone", "hidden_size": \(hidden), "num_layers": \(layers), "num_attention_heads": \(heads),
     "num_key_value_heads": \(keyValueHeads), "intermediate_size": \(intermediate), "vocab_size": \(vocabulary),
     "max_position_embeddings": \(context), "layer_norm_epsilon": 1e-05, "rope_theta": \(rotaryBase),
     "rope_scaling": \(scaling), "tie_word_embeddings": \(isTied), "eos_token_id": 361}
    """
  }

  private static func exaone35(
    hidden: Int, layers: Int, heads: Int, intermediate: Int, isTied: Bool = false
  ) -> String {
    exaone(
      hidden: hidden, layers: layers, heads: heads, keyValueHeads: 8, intermediate: intermediate, isTied: isTied,
      scaling: llama3Scaling(factor: 8))
  }

  private static func llama(
    hidden: Int, layers: Int, heads: Int = 32, headDimension: Int, intermediate: Int, factor: Int, isTied: Bool = false
  ) -> String {
    """
    {"model_type": "llama", "hidden_size": \(hidden), "num_hidden_layers": \(layers), "num_attention_heads": \(heads),
     "num_key_value_heads": 8, "head_dim": \(headDimension), "intermediate_size": \(intermediate),
     "vocab_size": 128256, "max_position_embeddings": 131072, "rms_norm_eps": 1e-05, "rope_theta": 500000,
     "rope_scaling": \(llama3Scaling(factor: factor)), "tie_word_embeddings": \(isTied), "eos_token_id": 128001}
    """
  }

  private static func llama3Scaling(factor: Int) -> String {
    """
    {"rope_type": "llama3", "factor": \(factor), "low_freq_factor": 1, "high_freq_factor": 4,
     "original_max_position_embeddings": 8192}
    """
  }
}
