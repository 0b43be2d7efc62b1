public import Ops
import Tensors

/// The numbers that make a decoder of a config.json, proved to fit one another.
public struct DecoderSizes: Sendable, Hashable {
  public let hiddenSize: Int
  public let layerCount: Int
  public let headCount: Int
  /// Divides `headCount`.
  public let keyValueHeadCount: Int
  /// Even; `headCount` times it need not be `hiddenSize`.
  public let headDimension: Int
  public let intermediateSize: Int
  public let vocabularySize: Int
  /// Positions that the model was made for.
  public let contextLength: Int
  public let normEpsilon: Float
  public let rotary: RotaryFrequencies
  /// Whether the head's matrix is the embedding table.
  public let tiesEmbeddings: Bool
}

extension DecoderSizes {
  /// Reads the keys that Llama and its kin share.
  ///
  /// - Parameters:
  ///   - epsilonKey: the key of the RMSNorm epsilon.
  ///   - tiesByDefault: what a missing `tie_word_embeddings` means.
  /// - Throws: `ModelError` that names the key, its value and what is allowed.
  init(_ fields: ConfigurationFields, epsilonKey: String, tiesByDefault: Bool) throws(ModelError) {
    if fields.value("quantization_config") != nil {
      throw ModelError(
        "\(fields.document): quantization_config is set; quantised safetensors are not read, "
          + "use the model's f16, bf16 or f32 weights"
      )
    }
    for key in ["attention_bias", "mlp_bias"] where try fields.flag(key, default: false) {
      throw ModelError("\(fields.document): \(key) is true; layers with a bias are not supported")
    }
    _ = try fields.choice("activation_function", "hidden_act", of: ["silu"], default: "silu")
    hiddenSize = try fields.integer("hidden_size", in: 1...(1 << 17))
    layerCount = try fields.integer("num_layers", "num_hidden_layers", in: 1...1024)
    headCount = try fields.integer("num_attention_heads", in: 1...1024)
    keyValueHeadCount = try fields.integer("num_key_value_heads", in: 1...1024, default: headCount)
    guard headCount.isMultiple(of: keyValueHeadCount) else {
      throw ModelError(
        "\(fields.document): num_key_value_heads is \(keyValueHeadCount); it must divide num_attention_heads, "
          + "which is \(headCount)"
      )
    }
    headDimension = try fields.headDimension(
      keys: ("head_dim", "hidden_size", "num_attention_heads"), hiddenSize: hiddenSize, headCount: headCount)
    intermediateSize = try fields.integer("intermediate_size", in: 1...(1 << 20))
    vocabularySize = try fields.integer("vocab_size", in: 1...((1 << 24) - 1))
    contextLength = try fields.integer("max_position_embeddings", in: 1...(1 << 24))
    normEpsilon = Float(try fields.number(epsilonKey, in: 1e-12...1, default: 1e-6))
    rotary = try fields.rotaryFrequencies(dimension: headDimension)
    tiesEmbeddings = try fields.flag("tie_word_embeddings", default: tiesByDefault)
  }
}

extension ConfigurationFields {
  /// The width of a head: what its key says, else the hidden size shared out.
  ///
  /// - Parameter keys: those of the width, the hidden size and the number of heads.
  func headDimension(
    keys: (dimension: String, hiddenSize: String, headCount: String), hiddenSize: Int, headCount: Int
  ) throws(ModelError) -> Int {
    let dimension: Int
    if value(keys.dimension) != nil {
      dimension = try integer(keys.dimension, in: 2...1024)
    } else {
      guard hiddenSize.isMultiple(of: headCount) else {
        throw ModelError(
          "\(document): \(keys.hiddenSize) is \(hiddenSize); without \(keys.dimension) it must be a multiple of "
            + "\(keys.headCount), which is \(headCount)"
        )
      }
      dimension = hiddenSize / headCount
    }
    guard dimension.isMultiple(of: 2), (2...1024).contains(dimension) else {
      throw ModelError("\(document): heads of dimension \(dimension); it must be even, from 2 to 1024")
    }
    return dimension
  }
}
