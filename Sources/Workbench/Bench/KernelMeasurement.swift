package import Ops
import Tensors
import VulkanBackend

/// How fast one kernel is on one case.
package struct KernelMeasurement: Sendable {
  package let operation: String
  package let kernel: String
  package let tuning: String
  package let format: String
  package let caseName: String
  /// Steps of the model that are such work; 1 for an operation's own case.
  package let stepCount: Int
  package let caches: KernelTimer.Caches
  /// The least work that no kernel could avoid.
  package let cost: Cost
  /// Nanoseconds, one per run.
  package let samples: [Double]

  package var summary: SampleSummary { SampleSummary(samples) }
  package var bytesPerSecond: Double { Double(cost.byteCount) / (summary.median * 1e-9) }
  package var floatOperationsPerSecond: Double { Double(cost.floatOperations) / (summary.median * 1e-9) }
  /// FLOP per byte.
  package var intensity: Double { Double(cost.floatOperations) / Double(max(1, cost.byteCount)) }

  /// The share of what the device could do at best that was reached: of bandwidth or arithmetic, whichever binds.
  package func share(of limits: ProbedLimits) -> Double {
    let seconds = summary.median * 1e-9
    let work = DeviceWork(seconds: seconds, byteCount: cost.byteCount, floatOperations: cost.floatOperations)
    return limits.shortest(work).seconds / seconds
  }
}
