package import GPU
package import Ops
package import ShaderCompiler
import Tensors
package import VulkanBackend

/// Compiles pipelines to look at, without running anything.
package struct PipelineSurvey: Sendable {
  package let compiler: PipelineCompiler
  package let profile: DeviceProfile
  private let pack: KernelPack
  /// Whether the kernels are for another kind of device: what they demand of subgroups is then left to the driver.
  private let isForeign: Bool
  private let usableVariants: Set<String>

  /// Of Mesa's CPU driver with vectors of 256 bits; loops over the lanes of a subgroup are unrolled.
  private static let subgroupSizeOfCPUs = 8

  /// - Parameters:
  ///   - pack: other kernels than those that were built in.
  ///   - isCPU: takes the kernels for CPU drivers or for GPUs, whatever the device is.
  /// - Throws: `KernelPackError` where the program was built wrongly.
  package init(
    _ compiler: PipelineCompiler, pack: KernelPack? = nil, isCPU: Bool? = nil
  ) throws(KernelPackError) {
    self.compiler = compiler
    if let pack { self.pack = pack } else { self.pack = try KernelPack.embedded() }
    var profile = DeviceProfile(compiler.physical)
    isForeign = isCPU.map { $0 != profile.isCPU } ?? false
    if isForeign, isCPU == true { profile.subgroupSize = Self.subgroupSizeOfCPUs }
    if let isCPU { profile.plan(forCPU: isCPU) }
    self.profile = profile
    usableVariants = self.pack.usableVariants(on: profile)
  }

  /// What a program is recorded with, for every size of its steps.
  ///
  /// - Parameter roundsPrompts: as plans take it.
  /// - Throws: `TensorError` where a weight is missing, `GPUError` where no kernel serves an operation on this device.
  package func launches(
    of program: Program, weights: Weights, limits: ExecutionLimits, roundsPrompts: Bool = true
  ) throws -> [Launch] {
    var planner = Planner(
      program: program, limits: limits, profile: profile, weightSegments: try program.segments(of: weights),
      availableVariants: usableVariants)
    planner.roundsPrompts = roundsPrompts
    return try Planner.buckets(tokenCount: limits.tokenCount).flatMap { tokenCount in
      try [false, true].flatMap { try planner.launches(tokenCount: tokenCount, isPrompt: $0).map(\.launch) }
    }
  }

  /// The launches of every kernel that suits the device, on the cases of its operation in every format, and fused ones.
  ///
  /// - Parameter allTunings: every legal tuning instead of the default one.
  package func launches(allTunings: Bool) throws -> [Launch] {
    let fused = try FusionCases.all.flatMap { work in
      try BlockFormat.all.flatMap { format in
        try launches(of: work.program, weights: work.weights(seed: 1, format: format), limits: work.limits)
      }
    }
    return fused
      + OperationCatalogue.all.flatMap { operation in
        let kernels = KernelCatalogue.all.filter { $0.operation == operation && $0.suits(profile) }
        return operation.cases.flatMap { candidate in
          candidate.formats.flatMap { format in
            launches(of: candidate, format: format, kernels: kernels, allTunings: allTunings)
          }
        }
      }
  }

  private func launches(
    of candidate: OperationCase, format: BlockFormat, kernels: [any Kernel], allTunings: Bool
  ) -> [Launch] {
    var planner = Planner(
      program: candidate.program, limits: candidate.limits, profile: profile,
      weightSegments: candidate.weightSegments(format), availableVariants: usableVariants)
    planner.givesLogProbabilities = candidate.step.asksForLogProbabilities
    let request = planner.request(for: candidate.program.steps[0], tokenCount: candidate.limits.tokenCount)
    return kernels.flatMap { kernel in
      (allTunings ? kernel.tunings(for: request) : [kernel.tuning(for: request)]).flatMap { tuning in
        (kernel.launches(for: request, tuning: tuning) ?? []).filter { usableVariants.contains($0.variant) }
      }
    }
  }

  /// Compiles each pipeline of `launches` once; the result is sorted by name.
  ///
  /// - Parameters:
  ///   - includesTexts: whether to ask for the compiler's texts too.
  ///   - report: called after each pipeline.
  package func compile(
    _ launches: [Launch], includesTexts: Bool, report: (SurveyedPipeline) -> Void = { _ in }
  ) throws -> [SurveyedPipeline] {
    let byKey = Dictionary(launches.map { (PipelineKey($0), $0) }, uniquingKeysWith: { first, _ in first })
    var result: [SurveyedPipeline] = []
    for (key, launch) in byKey.sorted(by: { $0.key.label < $1.key.label }) {
      var surveyed = SurveyedPipeline(key)
      do {
        var description = try PipelineDescription(launch, pack: pack, profile: profile)
        if isForeign { description.subgroupSize = nil }
        let pipeline = try compiler.compile(description)
        surveyed.compileMilliseconds = Double(pipeline.creationNanoseconds) * 1e-6
        surveyed.statistics = try pipeline.statistics()
        if includesTexts { surveyed.texts = try pipeline.texts() }
      } catch let error as GPUError where !error.losesDevice {
        surveyed.failure = error.description
      }
      report(surveyed)
      result.append(surveyed)
    }
    return result
  }
}
