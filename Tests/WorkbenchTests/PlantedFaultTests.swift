import Foundation
import Ops
import ShaderCompiler
import TestKit
import Testing
import VulkanBackend
import Workbench

/// A check that never fails proves nothing: each of these faults in a shader must be found and named.
@Suite(.serialized) struct PlantedFaultTests {
  struct Fault: Sendable, CustomTestStringConvertible {
    let operation: String
    let variant: String
    let original: String
    let planted: String
    var testDescription: String { "\(variant): \(planted)" }
  }

  static let faults = [
    Fault(operation: "add", variant: "add", original: "a[i] + b[i]", planted: "a[i] - b[i]"),
    Fault(operation: "rms_norm", variant: "rms_norm", original: "if (left < 4)", planted: "if (left < 0)"),
    Fault(operation: "rms_norm", variant: "rms_norm", original: "params.epsilon", planted: "2 * params.epsilon"),
    Fault(
      operation: "linear", variant: "linear_lane.f16", original: "whole * group_columns < params.k",
      planted: "whole * group_columns > params.k"),
    Fault(
      operation: "linear", variant: "linear_subgroup.q8_0", original: "format_group(n, group, params.k)",
      planted: "format_group(n, group & ~3u, params.k)"),
    Fault(
      operation: "linear", variant: "linear_lane.q6_k", original: "packed, p)", planted: "packed, 0)"),
    Fault(
      operation: "linear", variant: "linear_tokens.q4_k", original: "totals[t * FORMAT_PARTS + p]",
      planted: "totals[0]"),
    Fault(
      operation: "linear", variant: "linear_tokens.q8_0", original: "% gl_WorkGroupSize.x);",
      planted: "/ gl_WorkGroupSize.x);"),
    Fault(
      operation: "linear", variant: "linear_lane.bf16", original: "params.y_first + n]",
      planted: "params.y_first + n + 1]"),
    Fault(
      operation: "rotary_store", variant: "rotary_store.f16", original: "second * cosine + first * sine",
      planted: "second * cosine - first * sine"),
    Fault(
      operation: "rotary_store", variant: "rotary_store.f32", original: "position % PAGE_LENGTH",
      planted: "(position + 1) % PAGE_LENGTH"),
    Fault(
      operation: "attention", variant: "attention_subgroup.f16", original: "last - base + 1",
      planted: "last - base"),
    Fault(
      operation: "attention", variant: "attention_subgroup.f32", original: "total * correction", planted: "total"),
    Fault(operation: "swiglu", variant: "swiglu", original: "params.columns + i]", planted: "params.columns + i + 1]"),
    Fault(operation: "argmax", variant: "argmax", original: "candidate > value", planted: "candidate >= value"),
    Fault(operation: "argmax", variant: "argmax", original: "> 0x7f800000u;", planted: "> 0x7fffffffu;"),
    Fault(operation: "argmax", variant: "argmax", original: "largest == infinity) lowest", planted: "false) lowest"),
    Fault(
      operation: "rotary_store", variant: "rotary_store.f32", original: "vec2(joined[start + 2 * pair]",
      planted: "vec2(unpackHalf2x16(packHalf2x16(vec2(joined[start + 2 * pair]))).x"),
    Fault(
      operation: "select_rows", variant: "select_rows", original: "x[row * quads", planted: "x[output_index * quads"),
    Fault(
      operation: "embedding", variant: "embedding.bf16", original: "step_words[step.tokens + row]",
      planted: "step_words[step.tokens]"),
  ]

  @Test(arguments: faults)
  func isFoundAndNamed(_ fault: Fault) async throws {
    let device = try VulkanTestDevice(pack: try Self.pack(with: fault))
    let kernel = fault.variant.split(separator: ".")[0]
    let failures = try await Validation(device.backend, seed: KernelValidationTests.seed)
      .run(operation: fault.operation, allTunings: false) { _ in }.filter { $0.verdict == .failed }
    #expect(!failures.isEmpty, "no case noticed")
    #expect(failures.allSatisfy { $0.kernel == kernel }, "another kernel is blamed")
  }

  /// The embedded kernels, one of them compiled from a source with the fault in it.
  static func pack(with fault: Fault) throws -> KernelPack {
    let embedded = try KernelPack.embedded()
    let good = try #require(embedded[variant: fault.variant])
    let shaders = URL(filePath: #filePath).appending(path: "../../../shaders").standardizedFileURL
    let url = shaders.appending(path: "ops/\(good.file).comp")
    let source = try String(contentsOf: url, encoding: .utf8)
    let parts = source.components(separatedBy: fault.original)
    try #require(parts.count == 2, "\(fault.original) stands \(parts.count - 1) times in \(good.file).comp")
    var definitions: [String: String] = [:]
    if let element = good.element { definitions["ELEMENT_\(element.uppercased())"] = "1" }
    var aliases: [String: URL] = [:]
    if let format = good.format { aliases["format.glsl"] = shaders.appending(path: "formats/\(format).glsl") }
    let words = try ShaderCompiler.compile(
      source: parts.joined(separator: fault.planted), fileName: url.path(), definitions: definitions,
      search: ShaderIncludeSearch(
        directories: ["lib", "formats", "params"].map { shaders.appending(path: $0) }, aliases: aliases))
    let bad = try KernelVariant(
      file: good.file, format: good.format, element: good.element, manifest: good.manifest, words: words)
    return KernelPack(variants: embedded.variants.filter { $0.name != good.name } + [bad])
  }
}
