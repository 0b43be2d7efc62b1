import Foundation
import GPU
import Models
import Ops
import Synchronization
import Tensors
import TestKit
import Testing
import VulkanBackend
import Workbench

@Suite(.serialized) struct PipelineSurveyTests {
  static func survey(_ options: DeviceOptions = DeviceOptions()) throws -> PipelineSurvey {
    let device = try VulkanTestDevice.shared()
    return try PipelineSurvey(
      PipelineCompiler(device.backend.device.physical, instance: device.instance, options: options))
  }

  /// A model that ran has made no pipeline that the survey does not know.
  @Test func everyPipelineOfAModelIsKnownBeforehand() async throws {
    let device = try VulkanTestDevice.shared()
    let model = try Model(path: Fixtures.checkpoint("llama-3.1"))
    let program = try model.architecture.program()
    let limits = ExecutionLimits(tokenCount: 20, pageCount: 2, pagesPerSequence: 1)
    let launches = try Self.survey().launches(of: program, weights: model.weights, limits: limits)
    let known = Set(launches.map { PipelineKey($0).label })
    let prepared = try await device.backend.prepare(program, weights: model.weights, limits: limits)
    for count in Planner.buckets(tokenCount: limits.tokenCount) {
      let step = StepInputs(
        tokens: [Int32](repeating: 1, count: count), positions: (0..<Int32(count)).map { $0 },
        sequences: [Int32](repeating: 0, count: count), pageTables: [[1]], outputRows: [Int32(count - 1)])
      _ = try await prepared.run(step)
    }
    let reporting = try #require(prepared as? any PlanReporting)
    let made = Set(await reporting.planStatistics.pipelines.map(\.name))
    #expect(!known.isEmpty)
    // Pipelines of other tests on this device have other constants; those of this model are among the known ones.
    #expect(known.isSubset(of: made), "\(known.subtracting(made))")
  }

  @Test func eachIsCompiledOnceAndTold() throws {
    let survey = try Self.survey()
    let launches = try survey.launches(allTunings: false)
    let pipelines = try survey.compile(launches + launches, includesTexts: true)
    let names = pipelines.map(\.key.label)
    #expect(Set(names).count == names.count && names == names.sorted())
    #expect(Set(pipelines.map(\.key)) == Set(launches.map { PipelineKey($0) }))
    #expect(pipelines.allSatisfy { $0.failure == nil && $0.compileMilliseconds > 0 })
    let suiting = KernelCatalogue.all.filter { $0.suits(survey.profile) }.flatMap(\.files)
    #expect(Set(pipelines.map { String($0.key.variant.prefix { $0 != "." }) }) == Set(suiting))
    #expect(try survey.launches(allTunings: true).count > launches.count)
    let text = PipelineReport(survey, pipelines: pipelines).text
    #expect(names.allSatisfy { text.contains("\($0)  ") })
    #expect(text.contains("\(names.count) pipelines"))
  }

  /// A GPU compiles the kernels for CPU drivers, with their lanes, where it has no subgroups of that size.
  @Test(.enabled(if: PaperGPU.driver != nil)) func aGPUCompilesTheKernelsOfCPUs() async {
    await #expect(processExitsWith: .success) {
      for (name, value) in PaperGPU.environment("navi31") { setenv(name, value, 1) }
      let instance = try Instance()
      let compiler = try PipelineCompiler(
        DeviceSelection.choose(from: try instance.physicalDevices(), request: nil).device, instance: instance)
      let survey = try PipelineSurvey(compiler, isCPU: true)
      let launches = try survey.launches(allTunings: false).filter { $0.kernelFile == "attention_positions" }
      guard !launches.isEmpty, launches.allSatisfy({ $0.workgroupSize == 8 }), survey.profile.isCPU,
        try survey.compile(launches, includesTexts: false).allSatisfy({ $0.failure == nil && !$0.statistics.isEmpty })
      else { exit(1) }
    }
  }

  @Test func aPipelineThatFailsIsNamedAndOthersGoOn() throws {
    let calls = Mutex(0)
    let options = DeviceOptions(intercept: { call in
      guard call == "vkCreateComputePipelines" else { return nil }
      return calls.withLock { calls in
        calls += 1
        return calls == 1 ? .outOfHostMemory : nil
      }
    })
    let survey = try Self.survey(options)
    let pipelines = try survey.compile(survey.launches(allTunings: false), includesTexts: false)
    #expect(
      pipelines.count > 1 && pipelines.map { $0.failure == nil } == [false] + pipelines.dropFirst().map { _ in true })
    let report = PipelineReport(survey, pipelines: pipelines)
    #expect(report.failureCount == 1 && report.text.contains("FAILED: ") && report.text.contains(", 1 failed"))
  }

  @Test func aLaunchThatItsShaderDoesNotKnowIsAnError() throws {
    let survey = try Self.survey()
    var launches = try survey.launches(allTunings: false)
    launches[0].pushConstants.append(0)
    #expect { try survey.compile(launches, includesTexts: false) } throws: { "\($0)".contains("disagree") }
  }
}
