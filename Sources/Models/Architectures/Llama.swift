public import Ops
public import Tensors

/// Llama 2, 3, 3.1, 3.2 (text) and models that keep to its config.json.
public struct Llama: Architecture {
  public static let modelTypes = ["llama"]
  public let modelType = "llama"
  private let decoder: PreNormDecoder

  public init(configuration: JSONValue) throws(ModelError) {
    let fields = try ConfigurationFields(configuration, document: "config.json")
    let sizes = try DecoderSizes(fields, epsilonKey: "rms_norm_eps", tiesByDefault: false)
    decoder = PreNormDecoder(sizes: sizes, names: Self.names)
  }

  public static let ggufArchitectures = ["llama"]

  /// Such files hold the pairs of a head that rotate together side by side.
  public init(gguf file: GGUFFile) throws(ModelError) {
    let sizes = try DecoderSizes(file)
    decoder = PreNormDecoder(
      sizes: sizes, names: .gguf, rotatedRows: .neighbouringPairs(dimension: sizes.headDimension))
  }

  public var sizes: DecoderSizes { decoder.sizes }
  public var tensorShapes: [TensorShape] { decoder.tensorShapes }
  public func program() throws(ProgramError) -> Program { try decoder.program() }

  static let names = DecoderNames(
    embedding: "model.embed_tokens", layers: "model.layers",
    attentionNorm: "input_layernorm",
    query: "self_attn.q_proj", key: "self_attn.k_proj", value: "self_attn.v_proj",
    attentionOutput: "self_attn.o_proj",
    feedForwardNorm: "post_attention_layernorm", gate: "mlp.gate_proj", up: "mlp.up_proj", down: "mlp.down_proj",
    finalNorm: "model.norm", head: "lm_head")
}
