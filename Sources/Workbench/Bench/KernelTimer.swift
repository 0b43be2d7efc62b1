import GPU
package import Ops
package import VulkanBackend

/// Times one kernel on one case with the device's own clock.
package struct KernelTimer: Sendable {
  /// Caches before each run: as the run before left them, or emptied.
  package enum Caches: String, Sendable, Codable, CaseIterable { case warm, cold }

  /// Device time that one submission may take, so that no watchdog bites.
  private static let submissionSeconds = 0.05
  /// Runs before the first that counts last so long, so that clocks have risen and code is compiled.
  private static let warmUpSeconds = 0.1
  private static let mostSamples = 128
  /// Warm runs lie so close between two timestamps, for which some drivers wait until the device is idle.
  private static let sampleSeconds = 0.001
  private static let mostRuns = 16

  private let prepared: VulkanProgram
  private let work: ValidationCase
  private let flush: CacheFlush?
  /// Samples of a submission.
  private var sampleCounts: [Caches: Int] = [:]
  /// Warm runs of a sample.
  private var runCount = 1

  /// - Parameters:
  ///   - prepared: `work`, ready to run with the kernel to time.
  ///   - values: what the step reads; nil where the device has it already.
  ///   - flush: empties caches; without it only warm runs can be timed.
  /// - Throws: `GPUError` where the device has no timestamps.
  package init(
    _ work: ValidationCase, prepared: VulkanProgram, values: [TensorID: [Float]]?, flush: CacheFlush? = nil
  ) async throws {
    self.work = work
    self.prepared = prepared
    self.flush = flush
    // Written once: what a run computes does not change what it takes.
    if let values { _ = try await prepared.timings(work.candidate.step, values: values) }
    try await warmUp()
  }

  private mutating func warmUp() async throws {
    let start = ContinuousClock.now
    var fastest = Double.infinity
    repeat {
      let seconds = try await run(.warm, sampleCount: 1).reduce(0, +) * 1e-9
      fastest = min(fastest, seconds)
    } while start.secondsUntilNow < Self.warmUpSeconds
    runCount = max(1, min(Self.mostRuns, Int(Self.sampleSeconds / max(fastest, 1e-6))))
    let affordable = Int(Self.submissionSeconds / (max(fastest, 1e-6) * Double(runCount)))
    sampleCounts[.warm] = max(1, min(Self.mostSamples, affordable))
    guard flush != nil else { return }
    let cold = ContinuousClock.now
    _ = try await run(.cold, sampleCount: 1)
    sampleCounts[.cold] = max(1, min(8, Int(Self.submissionSeconds / max(cold.secondsUntilNow, 1e-9))))
  }

  /// Times of a run, all dispatches of the step together, in nanoseconds: `count` samples, a warm one the mean of several runs.
  package func samples(_ caches: Caches, count: Int) async throws -> [Double] {
    let perSubmission = min(count, sampleCounts[caches] ?? 1)
    var samples: [Double] = []
    while samples.count < count {
      try Task.checkCancellation()
      samples += try await run(caches, sampleCount: perSubmission)
    }
    return Array(samples.prefix(count))
  }

  /// One submission's median: what neighbouring measurements are compared by.
  package func median(_ caches: Caches) async throws -> Double {
    SampleSummary(try await run(caches, sampleCount: sampleCounts[caches] ?? 1)).median
  }

  private func run(_ caches: Caches, sampleCount: Int) async throws -> [Double] {
    guard caches == .cold else {
      return try await prepared.means(work.candidate.step, sampleCount: sampleCount, runCount: runCount)
    }
    let timings = try await prepared.timings(work.candidate.step, repetitions: sampleCount, flush: flush)
    return (0..<sampleCount).map { run in timings.dispatches.reduce(0) { $0 + $1.nanoseconds[run] } }
  }
}
