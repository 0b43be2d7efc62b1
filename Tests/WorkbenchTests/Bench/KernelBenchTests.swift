import Engine
import Models
import Ops
import TestKit
import Testing
import VulkanBackend
import Workbench

@Suite(.serialized) struct KernelBenchTests {
  private static func model() throws -> Model { try Model(path: Fixtures.checkpoint("exaone-3.0")) }

  @Test func everyKindOfStepIsMeasuredOnce() async throws {
    let backend = try VulkanTestDevice.unguarded().backend
    let cases = try ModelCases(try Self.model()).cases(rows: 3, context: 5)
    let steps = try Self.model().architecture.program().steps.count
    #expect(cases.reduce(0) { $0 + $1.stepCount } == steps)
    var bench = KernelBench(backend)
    bench.sampleCount = 3
    let measurements = try await bench.run(cases)
    #expect(measurements.count == 2 * cases.count)
    for measurement in measurements {
      #expect(measurement.samples.count >= 3 && measurement.samples.allSatisfy { $0 >= 0 })
      #expect(measurement.cost.byteCount > 0)
    }
    let limits = ProbedLimits(readBytesPerSecond: 1e9, f32FlopsPerSecond: 1e9)
    let table = KernelMeasurement.table(measurements, device: "d", limits: limits)
    #expect(try ResultTable.read(table.rendered(as: .json)).rows.count == measurements.count)
  }

  @Test func testsAreNamedAsLlamaBenchNamesThem() {
    #expect(ModelBench.Test(promptCount: 512, answerCount: 0).name == "pp512")
    #expect(ModelBench.Test(promptCount: 0, answerCount: 128, depth: 2048).name == "tg128 @ d2048")
    #expect(ModelBench.Test(promptCount: 512, answerCount: 128).name == "pp512+tg128")
    #expect(ModelBench.Test(promptCount: 0, answerCount: 32, depth: 9, streamCount: 8).name == "tg32 @ d9 x 8")
  }

  @Test func modelsAreMeasuredAndProfiled() async throws {
    let backend = try VulkanTestDevice.unguarded().backend
    let model = try Self.model()
    let limits = ExecutionLimits(
      tokenCount: 8, outputCount: 3, sequenceCount: 3, pageCount: 6, pagesPerSequence: 2)
    let prepared = try await backend.prepare(
      try model.architecture.program(), weights: model.weights, limits: limits, forced: nil)
    let bench = ModelBench(try Engine(prepared, contextLength: 100))
    for test in [
      ModelBench.Test(promptCount: 20, answerCount: 0), .init(promptCount: 5, answerCount: 7, depth: 9),
      .init(promptCount: 5, answerCount: 7, depth: 9, streamCount: 3),
    ] {
      let samples = try await bench.samples(test, repetitions: 2)
      #expect(samples.count == 2 && samples.allSatisfy { $0 > 0 })
    }
    let profiler = try Profiler(prepared, backend: backend, weights: model.weights)
    let passes = try await profiler.run(prompt: (0..<11).map { Int32($0) }, answerCount: 2)
    #expect(passes.map(\.size.tokens) == [8, 3, 1, 1])
    let report = profiler.report(
      passes, model: "m", command: "c", limits: ProbedLimits(readBytesPerSecond: 1e9, f32FlopsPerSecond: 1e9))
    for pass in passes {
      #expect(pass.timings.dispatches.flatMap(\.step.indices) == Array(prepared.program.steps.indices), "\(pass.name)")
    }
    #expect(report.steps.count == passes.map(\.timings.dispatches.count).reduce(0, +) && report.tokens == 13)
    #expect(profiler.trace(passes).tracks.map(\.events.count) == [4, report.steps.count])
  }
}

@Suite struct ProfilerShareTests {
  /// Chunks of a matrix share its work; what adds up another kernel's findings has none of its own.
  @Test func dispatchesOfAStepAddUpToItsWork() {
    let shares = Profiler.shares(of: [
      (step: 0, kernel: "linear_subgroup"), (step: 0, kernel: "linear_subgroup"), (step: 1, kernel: "attention_split"),
      (step: 1, kernel: "attention_merge"), (step: 2, kernel: "add"),
    ])
    #expect(shares == [0.5, 0.5, 1, 0, 1])
  }
}
