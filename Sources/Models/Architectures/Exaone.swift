public import Ops
public import Tensors

/// EXAONE 3.0, 3.5 and Deep: Llama's layers under names of their own; embeddings are tied where config.json is silent.
public struct Exaone: Architecture {
  public static let modelTypes = ["exaone"]
  public let modelType = "exaone"
  private let decoder: PreNormDecoder

  public init(configuration: JSONValue) throws(ModelError) {
    let fields = try ConfigurationFields(configuration, document: "config.json")
    let sizes = try DecoderSizes(fields, epsilonKey: "layer_norm_epsilon", tiesByDefault: true)
    decoder = PreNormDecoder(sizes: sizes, names: Self.names)
  }

  public static let ggufArchitectures = ["exaone"]

  public init(gguf file: GGUFFile) throws(ModelError) {
    decoder = PreNormDecoder(sizes: try DecoderSizes(file), names: .gguf)
  }

  public var sizes: DecoderSizes { decoder.sizes }
  public var tensorShapes: [TensorShape] { decoder.tensorShapes }
  public func program() throws(ProgramError) -> Program { try decoder.program() }

  private static let names = DecoderNames(
    embedding: "transformer.wte", layers: "transformer.h",
    attentionNorm: "ln_1",
    query: "attn.attention.q_proj", key: "attn.attention.k_proj", value: "attn.attention.v_proj",
    attentionOutput: "attn.attention.out_proj",
    feedForwardNorm: "ln_2", gate: "mlp.c_fc_0", up: "mlp.c_fc_1", down: "mlp.c_proj",
    finalNorm: "transformer.ln_f", head: "lm_head")
}
