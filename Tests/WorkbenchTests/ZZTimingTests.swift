import Foundation
import Ops
import ShaderCompiler
import Tensors
import TestKit
import Testing
import VulkanBackend
import Workbench

@Suite(.serialized) struct ZZTimingTests {
  @Test(.enabled(if: ProcessInfo.processInfo.environment["ZZ"] != nil)) func times() async throws {
    var program = Program()
    let vocabulary = 102_400
    let logits = program.input("logits", rows: .outputs, columns: vocabulary)
    program.setLogits(logits)
    program.keep(try program.append(Sample(), [logits], name: "id"))
    var set = try ShaderSet(folder: URL(filePath: #filePath).appending(path: "../../../shaders"))
    set.kernels = set.kernels.filter { $0.stem == "sample" }
    let pack = try KernelPack.embedded().replacing(try set.compile(set.kernels).variants)
    let plain = try VulkanTestDevice(pack: pack) {
      $0.guardByteCount = 0
      $0.auditsHazards = false
    }
    let limits = ExecutionLimits(tokenCount: 1, outputCount: 1, sequenceCount: 1, pageCount: 1, pagesPerSequence: 1)
    let device = try await plain.backend.prepare(program, weights: Weights([]), limits: limits, forced: nil)
    var random = SeededGenerator(seed: 3)
    let values = (0..<vocabulary).map { _ in random.nextNormal() * 2 }
    for (name, p) in [
      ("greedy", SamplingParameters.greedy),
      ("greedy penalised", SamplingParameters(repetitionPenalty: 1.1)),
      ("0.7 k50 p.95", SamplingParameters(temperature: 0.7, topK: 50, topP: 0.95)),
      ("0.7 p.95", SamplingParameters(temperature: 0.7, topP: 0.95)),
      ("0.3 p.9", SamplingParameters(temperature: 0.3, topP: 0.9)),
      ("T1 ", SamplingParameters(temperature: 1)),
      ("T1 minp .05", SamplingParameters(temperature: 1, minP: 0.05)),
      ("0.7 k50 p.95 pen", SamplingParameters(temperature: 0.7, topK: 50, topP: 0.95, repetitionPenalty: 1.1)),
    ] {
      let step = StepInputs(
        tokens: [0], positions: [5], sequences: [0], pageTables: [[0]], outputRows: [0], sampling: [p],
        seen: [TokenSet([3, 4, 5], vocabularySize: vocabulary)])
      let t = try await device.timings(step, values: [logits: values], repetitions: 21)
      let sorted = t.dispatches[0].nanoseconds.sorted()
      print("ZZ", name, "min", sorted[0] / 1000, "median", sorted[10] / 1000, "us")
    }
  }
}
