import Ops
import Tensors
package import VulkanBackend

/// An edited kernel against the built-in one, run in turns on the same device.
package struct KernelDuel: Sendable {
  private let builtIn: VulkanBackend
  private let edited: VulkanBackend
  private let seed: UInt64
  private static let pairs = 12

  /// - Parameters:
  ///   - builtIn: a device with the built-in kernels.
  ///   - edited: the same device with the edited ones.
  package init(builtIn: VulkanBackend, edited: VulkanBackend, seed: UInt64 = 1) {
    self.builtIn = builtIn
    self.edited = edited
    self.seed = seed
  }

  /// What one case showed.
  package struct Verdict: Sendable {
    package let kernel: String
    package let caseName: String
    package let format: String
    /// Median times in nanoseconds.
    package let builtIn: Double
    package let edited: Double
    package let comparison: Comparison
  }

  /// Compares `kernel` in its usual tuning on each case that it serves.
  package func run(_ kernel: any Kernel, on cases: [ValidationCase]) async throws -> [Verdict] {
    var verdicts: [Verdict] = []
    for work in cases where kernel.operation == type(of: work.operation) {
      let request = try work.request(on: builtIn)
      let tuning = kernel.tuning(for: request)
      guard builtIn.canRun(kernel, tuning, for: request) else { continue }
      let a = try await timer(work, (kernel, tuning), on: builtIn)
      let b = try await timer(work, (kernel, tuning), on: edited)
      var (before, after): ([Double], [Double]) = ([], [])
      for _ in 0..<Self.pairs {
        before.append(try await a.median(.warm))
        after.append(try await b.median(.warm))
      }
      verdicts.append(
        Verdict(
          kernel: kernel.file, caseName: work.candidate.name, format: work.format.name,
          builtIn: SampleSummary(before).median, edited: SampleSummary(after).median,
          comparison: Comparison(before, after, isPaired: true)))
    }
    return verdicts
  }

  private func timer(
    _ work: ValidationCase, _ choice: (kernel: any Kernel, tuning: Tuning), on backend: VulkanBackend
  ) async throws -> KernelTimer {
    let candidate = work.candidate
    let prepared = try await backend.prepare(
      candidate.program, weights: work.weights, limits: candidate.limits, forced: choice)
    return try await KernelTimer(work, prepared: prepared, values: candidate.values(seed: seed))
  }
}
