import Foundation
import Models
import Tensors
import TestKit
import Testing

@Suite struct ModelTests {
  private let folder: TemporaryFolder

  /// A copy of the exaone-3.0 checkpoint, to be spoilt.
  init() throws {
    folder = try TemporaryFolder()
    for name in ["config.json", "generation_config.json", "model.safetensors"] {
      try FileManager.default.copyItem(
        atPath: "\(Fixtures.checkpoint("exaone-3.0"))/\(name)", toPath: "\(folder.path)/\(name)")
    }
  }

  private func text(_ name: String) throws -> String {
    try String(contentsOfFile: "\(folder.path)/\(name)", encoding: .utf8)
  }

  private func replace(_ part: String, with other: String, in name: String) throws {
    let before = try text(name)
    try #require(before.contains(part))
    try folder.write(name, before.replacingOccurrences(of: part, with: other))
  }

  /// Changes text of the same length within the header of the weights.
  private func replaceInHeader(_ part: String, with other: String) throws {
    try #require(part.utf8.count == other.utf8.count)
    var data = try Data(contentsOf: URL(fileURLWithPath: "\(folder.path)/model.safetensors"))
    let range = try #require(data.range(of: Data(part.utf8)))
    data.replaceSubrange(range, with: Data(other.utf8))
    try folder.write("model.safetensors", [UInt8](data))
  }

  private func refusal(matrixFormat: BlockFormat? = nil) -> String {
    do {
      _ = try Model(path: folder.path, matrixFormat: matrixFormat)
      return "accepted"
    } catch {
      return error.description
    }
  }

  @Test(arguments: Fixtures.checkpoints)
  func checkpointsOpen(_ name: String) throws {
    let model = try Model(path: Fixtures.model(name))
    #expect(model.unusedTensors.isEmpty)
    #expect(model.endTokens == ["llama-3.1": [501, 508, 509], "llama-mixed": [7, 9]][name, default: [361]])
    #expect(model.path == Fixtures.model(name))
    #expect((model.metadata != nil) == Fixtures.ggufCheckpoints.contains(name))
    #expect(model.generation == GenerationDefaults())
  }

  @Test func endTokensFallBackToTheConfiguration() throws {
    try replace("\"eos_token_id\": 361", with: "\"eos_token_id\": 5", in: "config.json")
    #expect(try Model(path: folder.path).endTokens == [361])
    try folder.write("generation_config.json", #"{"eos_token_id": [7, 8, 7]}"#)
    #expect(try Model(path: folder.path).endTokens == [7, 8])
    try folder.write("generation_config.json", #"{"eos_token_id": null}"#)
    #expect(try Model(path: folder.path).endTokens == [5])
    try FileManager.default.removeItem(atPath: folder.path + "/generation_config.json")
    #expect(try Model(path: folder.path).endTokens == [5])
    for hostile in ["640", "-1", "[1, 640]", "4294967297", "\"a\"", "1.5", "{}"] {
      try folder.write("generation_config.json", "{\"eos_token_id\": \(hostile)}")
      #expect(refusal().contains("eos_token_id"), "\(hostile)")
    }
  }

  @Test func samplingDefaults() throws {
    try folder.write(
      "generation_config.json",
      #"{"do_sample": true, "temperature": 0.6, "top_p": 0.95, "top_k": 40, "max_length": 20}"#)
    let generation = try Model(path: folder.path).generation
    #expect(generation.samples)
    #expect(generation.temperature == 0.6 && generation.topP == 0.95 && generation.topK == 40)
    #expect(generation.minP == nil && generation.repetitionPenalty == nil)
    try folder.write("generation_config.json", #"{"temperature": -1}"#)
    #expect(refusal().contains("generation_config.json: temperature is -1"))
  }

  @Test func shapesMustFit() throws {
    try replace("\"intermediate_size\": 128", with: "\"intermediate_size\": 96", in: "config.json")
    #expect(refusal().contains("transformer.h.0.mlp.c_fc_0.weight is [128, 96]; config.json says [96, 96]"))
  }

  /// Keys and queries whose joined rows still add up are told apart.
  @Test func swappedPartsAreSeen() throws {
    try replaceInHeader("transformer.h.1.attn.attention.q_proj", with: "transformer.h.1.attn.attention.x_proj")
    try replaceInHeader("transformer.h.1.attn.attention.k_proj", with: "transformer.h.1.attn.attention.q_proj")
    try replaceInHeader("transformer.h.1.attn.attention.x_proj", with: "transformer.h.1.attn.attention.k_proj")
    #expect(refusal().contains("transformer.h.1.attn.attention.q_proj.weight is [32, 96]; config.json says [96, 96]"))
  }

  @Test func missingAndUnusedTensors() throws {
    try replace("\"tie_word_embeddings\": false", with: "\"tie_word_embeddings\": true", in: "config.json")
    #expect(try Model(path: folder.path).unusedTensors == ["lm_head.weight"])
    try replaceInHeader("lm_head.weight", with: "x.xxx.inv_freq")
    #expect(try Model(path: folder.path).unusedTensors.isEmpty)
    try replace("\"tie_word_embeddings\": true", with: "\"tie_word_embeddings\": false", in: "config.json")
    #expect(refusal().contains("the checkpoint has no tensor lm_head.weight"))
  }

  /// An element type that no kernel takes is refused only where the model needs that tensor.
  @Test func unreadableElements() throws {
    let entry = #""transformer.ln_f.weight":{"dtype":"BF16","#
    try replaceInHeader(entry, with: #""transformer.ln_f.weight":{"dtype": "I16","#)
    #expect(refusal().contains("tensor transformer.ln_f.weight is stored as I16; F32, F16 and BF16 can be read"))
  }

  @Test func matrixFormats() throws {
    for format in BlockFormat.all where format.blockLength <= 32 {
      #expect(refusal(matrixFormat: format) == "accepted", "\(format)")
    }
    #expect(refusal(matrixFormat: .q4_k).contains("has 96 columns, no multiple of q4_k's block of 256"))
    let narrow = Fixtures.checkpoint("exaone-3.5-tied")
    #expect { try Model(path: narrow, matrixFormat: .q8_0) } throws: {
      "\($0)".contains("has 60 columns, no multiple of q8_0's block of 32")
    }
  }
}
