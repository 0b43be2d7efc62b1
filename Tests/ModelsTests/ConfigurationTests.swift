import Models
import Ops
import Tensors
import Testing

@Suite struct ConfigurationTests {
  private static let exaone = """
    "model_type": "exaone", "hidden_size": 128, "num_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2,
    "intermediate_size": 192, "vocab_size": 640, "max_position_embeddings": 4096, "layer_norm_epsilon": 1e-5,
    "activation_function": "silu", "rope_theta": 500000.0, "rope_scaling": null
    """
  private static let llama = """
    "model_type": "llama", "hidden_size": 64, "num_hidden_layers": 1, "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "intermediate_size": 96, "vocab_size": 512, "max_position_embeddings": 1024, "rms_norm_eps": 1e-6,
    "hidden_act": "silu"
    """

  /// The architecture of `base` with some members replaced (or, as nil, removed).
  private func architecture(_ base: String, _ changes: [String: String?] = [:]) throws -> any Architecture {
    let original = try JSONValue(parsing: Array("{\(base)}".utf8), name: "base").object
    var members = (original?.members ?? []).map { ($0.key.description, source($0.value)) }
    for (key, text) in changes {
      members.removeAll { $0.0 == key }
      if let text { members.append((key, text)) }
    }
    let text = members.map { "\"\($0.0)\":\($0.1)" }.joined(separator: ",")
    return try ArchitectureCatalogue.architecture(
      configuration: JSONValue(parsing: Array("{\(text)}".utf8), name: "test"))
  }

  /// JSON of a scalar.
  private func source(_ value: JSONValue) -> String {
    switch value {
    case .string(let text): "\"\(text)\""
    case .integer(let value): "\(value)"
    case .number(let value): "\(value)"
    default: "null"
    }
  }

  private func refusal(_ base: String, _ changes: [String: String?]) -> String {
    do {
      _ = try architecture(base, changes)
      return "accepted"
    } catch {
      return "\(error)"
    }
  }

  @Test func exaoneIsRead() throws {
    let sizes = try architecture(Self.exaone).sizes
    #expect(sizes.headDimension == 32)
    #expect(sizes.layerCount == 2)
    #expect(sizes.normEpsilon == 1e-5)
    #expect(sizes.tiesEmbeddings)
    #expect(sizes.rotary == RotaryFrequencies(base: 500000, dimension: 32, scaling: .none))
    #expect(try !architecture(Self.exaone, ["tie_word_embeddings": "false"]).sizes.tiesEmbeddings)
    #expect(try architecture(Self.exaone, ["num_layers": nil, "num_hidden_layers": "5"]).layerCount == 5)
    #expect(try architecture(Self.exaone, ["hidden_size": "320"]).headDimension == 80)
    #expect(try architecture(Self.exaone, ["head_dim": "80"]).headDimension == 80)
    #expect(try architecture(Self.exaone, ["num_key_value_heads": nil]).keyValueHeadCount == 4)
  }

  @Test func llamaIsRead() throws {
    let sizes = try architecture(Self.llama).sizes
    #expect(!sizes.tiesEmbeddings)
    #expect(sizes.normEpsilon == 1e-6)
    #expect(sizes.contextLength == 1024)
    #expect(sizes.rotary.base == 10000)
  }

  @Test func bothSpellingsOfRotaryScaling() throws {
    let scaling = #""factor":8,"low_freq_factor":1,"high_freq_factor":4,"original_max_position_embeddings":8192"#
    let expected = RotaryFrequencies(
      base: 1e6, dimension: 32,
      scaling: .llama3(factor: 8, lowFrequencyFactor: 1, highFrequencyFactor: 4, originalContext: 8192))
    let published = ["rope_theta": "1000000", "rope_scaling": "{\"rope_type\":\"llama3\",\(scaling)}"]
    let older = ["rope_theta": "1e6", "rope_scaling": "{\"type\":\"llama3\",\(scaling)}"]
    let newer = [
      "rope_theta": nil, "rope_scaling": nil,
      "rope_parameters": "{\"rope_type\":\"llama3\",\"rope_theta\":1000000.0,\(scaling)}",
    ]
    for changes: [String: String?] in [published, older, newer] {
      #expect(try architecture(Self.exaone, changes).sizes.rotary == expected)
    }
    let plain = ["rope_theta": nil, "rope_parameters": #"{"rope_type":"default","rope_theta":2e5}"#]
    #expect(
      try architecture(Self.exaone, plain).sizes.rotary == RotaryFrequencies(base: 2e5, dimension: 32, scaling: .none))
  }

  /// Key, value and what the message must say.
  @Test(arguments: [
    ("num_attention_heads", "0", "num_attention_heads is 0; it must be a whole number from 1 to 1024"),
    ("num_attention_heads", "-4", "num_attention_heads is -4"),
    ("num_key_value_heads", "0", "num_key_value_heads is 0"),
    ("num_key_value_heads", "3", "num_key_value_heads is 3; it must divide num_attention_heads, which is 4"),
    ("num_key_value_heads", "8", "must divide"),
    ("hidden_size", "0", "hidden_size is 0"),
    ("hidden_size", "9223372036854775807", "hidden_size is 9223372036854775807"),
    ("hidden_size", "1e30", "hidden_size is 1e+30"),
    ("hidden_size", "130", "multiple of num_attention_heads"),
    ("hidden_size", "132", "heads of dimension 33; it must be even"),
    ("hidden_size", "\"128\"", "hidden_size is \"128\""),
    ("head_dim", "33", "must be even"),
    ("head_dim", "0", "head_dim is 0"),
    ("num_layers", "0", "num_layers is 0; it must be a whole number from 1 to 1024"),
    ("num_layers", "1025", "num_layers is 1025"),
    ("vocab_size", "0", "vocab_size is 0"),
    ("vocab_size", "16777216", "vocab_size is 16777216"),
    ("intermediate_size", "-1", "intermediate_size is -1"),
    ("max_position_embeddings", "0", "max_position_embeddings is 0"),
    ("layer_norm_epsilon", "0", "layer_norm_epsilon is 0"),
    ("activation_function", "\"gelu\"", "activation_function is \"gelu\"; it must be \"silu\""),
    ("rope_theta", "0", "rope_theta is 0"),
    ("rope_scaling", "{\"type\":\"yarn\",\"factor\":2}", "rope_scaling: type is \"yarn\""),
    (
      "rope_scaling", "{\"rope_type\":\"llama3\",\"low_freq_factor\":1,\"high_freq_factor\":4}",
      "rope_scaling: factor is missing"
    ),
    (
      "rope_scaling",
      "{\"rope_type\":\"llama3\",\"factor\":8,\"low_freq_factor\":4,\"high_freq_factor\":4}",
      "high_freq_factor is 4.0; it must be above low_freq_factor"
    ),
    ("rope_scaling", "3", "rope_scaling is 3; it must be an object"),
    ("partial_rotary_factor", "0.5", "partial_rotary_factor is 0.5"),
    ("attention_bias", "true", "attention_bias is true"),
    ("mlp_bias", "true", "mlp_bias is true"),
    ("mlp_bias", "1", "mlp_bias is 1; it must be true or false"),
    ("tie_word_embeddings", "\"yes\"", "tie_word_embeddings is \"yes\""),
    ("quantization_config", "{\"bits\":4}", "quantised safetensors are not read"),
    ("model_type", "\"gpt2\"", "model_type is \"gpt2\"; it must be one of the models that Kalsae runs: exaone, llama"),
    ("model_type", "7", "model_type is 7"),
  ])
  func faultsAreNamed(_ key: String, _ value: String, _ message: String) {
    let refused = refusal(Self.exaone, [key: value])
    #expect(refused.contains(message), "\(refused)")
    #expect(refused.hasPrefix("config.json"))
  }

  @Test(arguments: [
    "model_type", "hidden_size", "num_layers", "num_attention_heads", "intermediate_size", "vocab_size",
    "max_position_embeddings",
  ])
  func missingKeysAreNamed(_ key: String) {
    let refused = refusal(Self.exaone, [key: nil])
    #expect(refused.contains(key) && refused.contains("is missing"), "\(refused)")
  }

  @Test func weightNames() throws {
    let exaone = try architecture(Self.exaone, ["tie_word_embeddings": "false"]).tensorShapes
    #expect(exaone.count == 2 * 9 + 3)
    let first = exaone.prefix(11).map { "\($0.name) \($0.rows)x\($0.columns)" }
    #expect(
      first == [
        "transformer.wte.weight 640x128", "transformer.h.0.ln_1.weight 1x128",
        "transformer.h.0.attn.attention.q_proj.weight 128x128", "transformer.h.0.attn.attention.k_proj.weight 64x128",
        "transformer.h.0.attn.attention.v_proj.weight 64x128", "transformer.h.0.attn.attention.out_proj.weight 128x128",
        "transformer.h.0.ln_2.weight 1x128", "transformer.h.0.mlp.c_fc_0.weight 192x128",
        "transformer.h.0.mlp.c_fc_1.weight 192x128", "transformer.h.0.mlp.c_proj.weight 128x192",
        "transformer.h.1.ln_1.weight 1x128",
      ])
    #expect(exaone.suffix(2).map(\.name) == ["transformer.ln_f.weight", "lm_head.weight"])
    let llama = try architecture(Self.llama).tensorShapes.map(\.name)
    #expect(
      llama == [
        "model.embed_tokens.weight", "model.layers.0.input_layernorm.weight", "model.layers.0.self_attn.q_proj.weight",
        "model.layers.0.self_attn.k_proj.weight", "model.layers.0.self_attn.v_proj.weight",
        "model.layers.0.self_attn.o_proj.weight", "model.layers.0.post_attention_layernorm.weight",
        "model.layers.0.mlp.gate_proj.weight", "model.layers.0.mlp.up_proj.weight",
        "model.layers.0.mlp.down_proj.weight",
        "model.norm.weight", "lm_head.weight",
      ])
  }

  @Test func programReadsTopToBottom() throws {
    let program = try architecture(Self.llama).program()
    #expect(
      program.steps.map { "\($0.operation)".prefix { $0 != "[" } } == [
        "embedding", "rms_norm", "linear", "rotary_store", "attention", "linear", "add", "rms_norm", "linear", "swiglu",
        "linear", "add", "select_rows", "rms_norm", "linear", "sample",
      ])
    let lines = "\(program)".split(separator: "\n")
    #expect(lines.count == 16)
    #expect(lines[4].contains("attention[heads: 4/2×16, scale: 0.25]"), "\(lines[4])")
    #expect(lines[14].contains("lm_head.weight") && lines[14].hasSuffix("logits [outputs, 512]"), "\(lines[14])")
    #expect(program.results.map { program[$0].name } == ["logits", "id"])
  }

  /// A tied head is the embedding's own tensor, so that no backend loads it twice.
  @Test func tiedHeadIsTheTable() throws {
    let tied = try architecture(Self.exaone).program()
    #expect(tied.steps[0].inputs[0] == tied.steps[tied.steps.count - 2].inputs[1])
    #expect(try !architecture(Self.exaone).tensorShapes.contains { $0.name == "lm_head.weight" })
    let untied = try architecture(Self.exaone, ["tie_word_embeddings": "false"]).program()
    #expect(untied.tensors.count == tied.tensors.count + 1)
  }
}
