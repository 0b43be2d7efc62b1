package import Ops

/// What a device can do at best, as its probe measured it.
package struct ProbedLimits: Codable, Hashable, Sendable {
  package var readBytesPerSecond: Double
  package var copyBytesPerSecond: Double?
  package var f32FlopsPerSecond: Double?
  package var f16FlopsPerSecond: Double?
  package var int8OperationsPerSecond: Double?
  package var coopmatFlopsPerSecond: Double?
}

extension ProbedLimits {
  /// The time that a perfect kernel would need: for its bytes or for its arithmetic, whichever is longer.
  package func leastSeconds(_ cost: Cost) -> Double {
    let flops = [f32FlopsPerSecond, f16FlopsPerSecond, coopmatFlopsPerSecond].compactMap(\.self).max()
    return max(
      Double(cost.byteCount) / readBytesPerSecond, flops.map { Double(cost.floatOperations) / $0 } ?? 0)
  }
}
