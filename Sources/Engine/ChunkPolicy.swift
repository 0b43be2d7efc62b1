/// How many tokens of prompts to submit at once: a pure function of what earlier chunks took.
///
/// The first chunk is short because nothing is known of the device; later ones grow fourfold at most and stay within
/// `targetSeconds`, because watchdogs kill long submissions. Chunks change no bit of the result.
public struct ChunkPolicy: Hashable, Sendable {
  public static let firstCount = 16
  public static let smallestCount = 4
  public static let targetSeconds = 0.25

  /// Tokens that the next chunk may have.
  public private(set) var count = firstCount

  public init() {}

  /// Notes that a chunk of `tokenCount` tokens took `seconds`.
  public mutating func record(tokenCount: Int, seconds: Double) {
    guard tokenCount > 1, seconds.isFinite, seconds > 0 else { return }
    let affordable = Double(tokenCount) * Self.targetSeconds / seconds
    var next = Self.smallestCount
    while next < count * 4, Double(next * 4) <= affordable { next *= 4 }
    // A short chunk says little about long ones, so it never shrinks the next below itself unless it was too slow.
    count = seconds <= Self.targetSeconds ? max(next, min(count, Self.firstCount)) : next
  }
}
