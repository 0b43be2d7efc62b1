import Foundation
import Models
import Ops
import Tensors
import TestKit
import Testing

/// What a GGUF file may say about a model, and what is refused.
@Suite struct GGUFModelTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// One layer of hidden size 32, two heads on one, vocabulary 5; all weights are zero.
  private static func file(_ architecture: String) -> GGUFBytes {
    var file = GGUFBytes()
    file.values = [
      ("general.architecture", .string(architecture)), ("\(architecture).embedding_length", .uint32(32)),
      ("\(architecture).block_count", .uint32(1)), ("\(architecture).attention.head_count", .uint32(2)),
      ("\(architecture).attention.head_count_kv", .uint32(1)), ("\(architecture).feed_forward_length", .uint32(64)),
      ("\(architecture).context_length", .uint32(128)),
      ("\(architecture).attention.layer_norm_rms_epsilon", .float32(1e-5)),
      ("\(architecture).rope.freq_base", .float32(5000)), ("\(architecture).rope.dimension_count", .uint32(16)),
    ]
    for (name, columns, rows) in [
      ("token_embd", 32, 5), ("output_norm", 32, 0), ("output", 32, 5), ("blk.0.attn_norm", 32, 0),
      ("blk.0.attn_q", 32, 32), ("blk.0.attn_k", 32, 16), ("blk.0.attn_v", 32, 16), ("blk.0.attn_output", 32, 32),
      ("blk.0.ffn_norm", 32, 0), ("blk.0.ffn_gate", 32, 64), ("blk.0.ffn_up", 32, 64), ("blk.0.ffn_down", 64, 32),
    ] as [(String, UInt64, UInt64)] {
      let extents = rows == 0 ? [columns] : [columns, rows]
      file.tensors.append(
        GGUFBytes.Tensor(
          "\(name).weight", extents, type: 0, data: [UInt8](repeating: 0, count: Int(4 * columns * max(1, rows)))))
    }
    return file
  }

  private func open(_ file: GGUFBytes) throws -> Model { try Model(path: folder.write("m.gguf", file.bytes)) }

  private func refusal(_ change: (inout GGUFBytes) -> Void) -> String {
    var file = Self.file("exaone")
    change(&file)
    do {
      _ = try open(file)
      return "accepted"
    } catch {
      return "\(error)"
    }
  }

  private func set(_ key: String, _ value: GGUFBytes.Value?) -> (inout GGUFBytes) -> Void {
    { file in
      file.values.removeAll { $0.key == key }
      if let value { file.values.append((key, value)) }
    }
  }

  private func floats(_ values: [Float]) -> [UInt8] {
    values.flatMap { value in (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) } }
  }

  @Test(arguments: ["exaone", "llama"]) func sizesAreRead(_ architecture: String) throws {
    let model = try open(Self.file(architecture))
    let sizes = model.architecture.sizes
    #expect(model.architecture.modelType == architecture)
    #expect(sizes.hiddenSize == 32 && sizes.layerCount == 1 && sizes.headCount == 2 && sizes.keyValueHeadCount == 1)
    #expect(sizes.headDimension == 16 && sizes.intermediateSize == 64 && sizes.vocabularySize == 5)
    #expect(sizes.contextLength == 128 && sizes.normEpsilon == 1e-5 && !sizes.tiesEmbeddings)
    #expect(sizes.rotary == RotaryFrequencies(base: 5000, dimension: 16, scaling: .none))
  }

  @Test func headWithoutAMatrixIsTied() throws {
    var file = Self.file("exaone")
    file.tensors.removeAll { $0.name == "output.weight" }
    #expect(try open(file).architecture.sizes.tiesEmbeddings)
  }

  @Test func frequenciesAreDivided() throws {
    var file = Self.file("exaone")
    let divisors: [Float] = [1, 1, 1, 1, 2, 3, 8, 8]
    file.tensors.append(GGUFBytes.Tensor("rope_freqs.weight", [8], type: 0, data: floats(divisors)))
    let rotary = try open(file).architecture.sizes.rotary
    #expect(rotary.scaling == .divisors(divisors))
    let plain = RotaryFrequencies(base: 5000, dimension: 16, scaling: .none).values
    #expect(rotary.values == zip(plain, divisors).map { $0 / $1 })
    #expect(
      refusal {
        $0.tensors.append(GGUFBytes.Tensor("rope_freqs.weight", [7], type: 0, data: [UInt8](repeating: 1, count: 28)))
      }
      .contains("rope_freqs.weight is [7]; it must be [8]"))
    #expect(
      refusal {
        $0.tensors.append(GGUFBytes.Tensor("rope_freqs.weight", [8], type: 0, data: [UInt8](repeating: 0, count: 32)))
      }
      .contains("other than positive numbers"))
  }

  @Test func refusalsNameKeyAndValue() {
    #expect(
      refusal(set("general.architecture", nil)).contains("general.architecture is missing; Kalsae runs exaone, llama"))
    #expect(refusal(set("general.architecture", .string("gemma2"))).contains("\"gemma2\"; it must be one of those"))
    for key in [
      "embedding_length", "block_count", "attention.head_count", "feed_forward_length", "context_length",
      "attention.layer_norm_rms_epsilon",
    ] {
      #expect(refusal(set("exaone.\(key)", nil)).contains("exaone.\(key) is missing"), "\(key)")
      #expect(refusal(set("exaone.\(key)", .string("x"))).contains("exaone.\(key) is \"x\""), "\(key)")
      #expect(refusal(set("exaone.\(key)", .float32(.nan))).contains("exaone.\(key) is nan"), "\(key)")
    }
    #expect(refusal(set("exaone.attention.head_count_kv", .uint32(0))).contains("head_count_kv is 0"))
    #expect(
      refusal(set("exaone.attention.head_count", .uint32(3))).contains(
        "embedding_length is 32; without exaone.attention.key_length"))
    #expect(
      refusal(set("exaone.rope.dimension_count", .uint32(8))).contains("dimension_count is 8; it must be the heads' 16")
    )
    #expect(refusal(set("exaone.attention.value_length", .uint32(8))).contains("value_length is 8"))
    #expect(refusal(set("exaone.rope.scaling.type", .string("yarn"))).contains("scaling.type is \"yarn\""))
    #expect(refusal(set("exaone.expert_count", .uint32(8))).contains("mixtures of experts"))
    #expect(refusal(set("split.count", .uint32(2))).contains("split.count is 2"))
    #expect(refusal(set("tokenizer.ggml.eos_token_id", .uint32(5))).contains("eos_token_id is 5"))
    #expect(refusal { _ in } == "accepted")
  }

  @Test func tensorsMustFit() {
    #expect(
      refusal { $0.tensors.removeAll { $0.name == "blk.0.ffn_up.weight" } }.contains("no tensor blk.0.ffn_up.weight"))
    #expect(refusal { $0.tensors.removeAll { $0.name == "token_embd.weight" } }.contains("no tensor token_embd.weight"))
    #expect(
      refusal { $0.tensors[4].extents = [16, 64] }
        .contains("blk.0.attn_q.weight is [64, 16]; the file's metadata says [32, 32]"))
    for index in [0, 4] {
      #expect(
        refusal { $0.tensors[index].type = 13 }
          .contains(".weight is stored as Q5_K; F32, F16, Q4_0, Q8_0, Q4_K, Q6_K and BF16 can be read"))
    }
    #expect(
      refusal {
        $0.tensors.append(GGUFBytes.Tensor("blk.0.attn_q.bias", [32], type: 0, data: [UInt8](repeating: 0, count: 128)))
      }
      .contains("\"blk.0.attn_q.bias\" has no place in a model of type exaone"))
  }

  @Test func otherFilesAreTold() throws {
    let path = try folder.write("m.gguf", "{}")
    #expect { try Model(path: path) } throws: {
      "\($0)".contains("no GGUF file; a model is one such file, or a folder")
    }
    #expect { try Model(path: folder.path + "/none.gguf") } throws: { "\($0)".contains("does not exist") }
  }

  /// Queries, keys and values of a published file are one matrix here, each part in its own format.
  @Test func partsOfOneMatrixKeepTheirFormats() throws {
    let model = try Model(path: Fixtures.model("llama-mixed"))
    let program = try model.architecture.program()
    let joined = try #require(program.tensors.first { $0.weightNames?.count == 3 })
    let segments = try model.weights.weight(for: joined).segments
    #expect(segments == [WeightRows(0..<128, .q8_0), WeightRows(128..<192, .f16), WeightRows(192..<256, .q4_0)])
    let converted = try Model(path: Fixtures.model("llama-mixed"), matrixFormat: .q8_0)
    #expect(try converted.weights.weight(for: joined).segments == [WeightRows(0..<256, .q8_0)])
  }
}
