package import Ops
import Tensors
package import VulkanBackend

/// Measures the kernels that a device's plan takes for given work.
package struct KernelBench: Sendable {
  private let backend: VulkanBackend
  private let seed: UInt64
  /// Runs that count, for each case and state of the caches.
  package var sampleCount = 30
  package var caches = KernelTimer.Caches.allCases

  package init(_ backend: VulkanBackend, seed: UInt64 = 1) {
    self.backend = backend
    self.seed = seed
  }

  /// One measurement per case and state of the caches.
  ///
  /// - Parameters:
  ///   - everyKernel: every kernel that serves a case, in its usual tuning, instead of the one that the plan takes.
  ///   - report: called after each.
  package func run(
    _ cases: [(work: ValidationCase, stepCount: Int)], everyKernel: Bool = false,
    report: (KernelMeasurement) -> Void = { _ in }
  ) async throws -> [KernelMeasurement] {
    let flush = caches.contains(.cold) ? try CacheFlush(backend) : nil
    var measurements: [KernelMeasurement] = []
    for (work, stepCount) in cases {
      let candidate = work.candidate
      for (kernel, tuning) in try choices(work, everyKernel: everyKernel) {
        let prepared = try await backend.prepare(
          candidate.program, weights: work.weights, limits: candidate.limits, forced: (kernel, tuning))
        let timer = try await KernelTimer(
          work, prepared: prepared, values: candidate.values(seed: seed), flush: flush)
        for state in caches {
          let measurement = KernelMeasurement(
            operation: work.operationName, kernel: kernel.file, tuning: tuning.description, format: work.format.name,
            caseName: work.candidate.name, stepCount: stepCount, caches: state, cost: try work.cost(),
            samples: try await timer.samples(state, count: sampleCount))
          report(measurement)
          measurements.append(measurement)
        }
      }
    }
    return measurements
  }

  /// What plans take, for prompts too where that is another kernel; or every kernel that can.
  private func choices(
    _ work: ValidationCase, everyKernel: Bool
  ) throws -> [(kernel: any Kernel, tuning: Tuning)] {
    if everyKernel {
      let request = try work.request(on: backend)
      return KernelCatalogue.all.filter {
        $0.operation == type(of: work.operation) && backend.canRun($0, $0.tuning(for: request), for: request)
      }.map { ($0, $0.tuning(for: request)) }
    }
    let plan = try work.choice(on: backend, isPrompt: false)
    let prompt = try work.candidate.step.tokens.count > 1 ? work.choice(on: backend, isPrompt: true) : nil
    return [plan, prompt?.kernel.file == plan?.kernel.file ? nil : prompt].compactMap(\.self)
  }
}

extension ValidationCase {
  /// The least work of the case.
  package func cost() throws -> Cost {
    let step = candidate.program.steps[0]
    let segments = try candidate.program.segments(of: weights)
    let inputs = step.inputs.map { id in
      (
        tensor: candidate.program[id],
        format: segments[id]?.mainFormat ?? (candidate.program[id].isKeyValueCache ? format : .f32)
      )
    }
    return step.operation.cost(inputs, size: candidate.step.size)
  }
}
