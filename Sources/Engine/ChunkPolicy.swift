/// How many tokens of prompts to submit at once: a pure function of what earlier chunks took.
///
/// The first chunk is what a careful estimate allows, one token where there is none; later ones grow fourfold at most and stay
/// within `targetSeconds`, because watchdogs kill long submissions. Chunks change no bit of the result.
public struct ChunkPolicy: Hashable, Sendable {
  public static let targetSeconds = 0.5

  /// Tokens that the next chunk may have, a power of four.
  public private(set) var count = 1

  /// - Parameter secondsPerToken: what a slow device would take; nil where nothing is known.
  public init(secondsPerToken: Double? = nil) {
    guard let secondsPerToken, secondsPerToken > 0 else { return }
    while count < Self.largestFirst, Double(count * 4) * secondsPerToken <= Self.targetSeconds { count *= 4 }
  }

  /// An estimate is trusted no further than this.
  private static let largestFirst = 64

  /// Notes that a chunk of `tokenCount` tokens took `seconds`.
  ///
  /// - Parameter isWhole: whether it was as long as it was allowed to be; a shorter one, as at the end of a prompt, never shrinks
  ///   the next one.
  public mutating func record(tokenCount: Int, isWhole: Bool, seconds: Double) {
    guard tokenCount > 0, seconds.isFinite, seconds > 0 else { return }
    let affordable = Double(tokenCount) * Self.targetSeconds / seconds
    var next = 1
    while next < count * 4, Double(next * 4) <= affordable { next *= 4 }
    count = isWhole ? next : max(next, count)
  }
}
