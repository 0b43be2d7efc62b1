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
  private static let mostRepetitions = 128

  private let prepared: VulkanProgram
  private let work: ValidationCase
  private let flush: CacheFlush?
  private var repetitions: [Caches: Int] = [:]

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
      let seconds = try await run(.warm, repetitions: 1).reduce(0, +) * 1e-9
      fastest = min(fastest, seconds)
    } while start.secondsUntilNow < Self.warmUpSeconds
    let affordable = Int(Self.submissionSeconds / max(fastest, 1e-9))
    repetitions[.warm] = max(1, min(Self.mostRepetitions, affordable))
    guard flush != nil else { return }
    let cold = ContinuousClock.now
    _ = try await run(.cold, repetitions: 1)
    repetitions[.cold] = max(1, min(8, Int(Self.submissionSeconds / max(cold.secondsUntilNow, 1e-9))))
  }

  /// Times of single runs, all dispatches of the step together, in nanoseconds: at least `count` of them.
  package func samples(_ caches: Caches, count: Int) async throws -> [Double] {
    let perSubmission = min(count, repetitions[caches] ?? 1)
    var samples: [Double] = []
    while samples.count < count {
      try Task.checkCancellation()
      samples += try await run(caches, repetitions: perSubmission)
    }
    return samples
  }

  /// One submission's median: what neighbouring measurements are compared by.
  package func median(_ caches: Caches) async throws -> Double {
    SampleSummary(try await run(caches, repetitions: repetitions[caches] ?? 1)).median
  }

  private func run(_ caches: Caches, repetitions: Int) async throws -> [Double] {
    let timings = try await prepared.timings(
      work.candidate.step, repetitions: repetitions, flush: caches == .cold ? flush : nil)
    return (0..<repetitions).map { run in timings.dispatches.reduce(0) { $0 + $1.nanoseconds[run] } }
  }
}
