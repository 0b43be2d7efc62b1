/// How large a probe's dispatch becomes: long enough to be timed, never so long that a watchdog or a person notices.
///
/// A size counts items touched; beyond `whole` items the dispatch goes over the same ones again, in whole rounds.
package struct ProbeGrowth: Sendable {
  /// A dispatch of this length or longer is timed well.
  private static let enoughSeconds = 0.002
  /// What is aimed at, so that a guess that is half wrong is enough still.
  private static let aimSeconds = 0.004
  /// On its way to `whole` items a dispatch leaves the caches and becomes up to ten times slower than predicted.
  private static let cautiousSeconds = 0.01
  /// A device that needs this long for less than `whole` items gets no more.
  private static let mostSeconds = 0.025
  /// For timers that say zero.
  private static let mostRounds = 1 << 20

  /// Items of one round: of a buffer that no cache holds, or 1 where nothing is read.
  package let whole: Int

  package init(whole: Int) { self.whole = whole }

  /// Little enough for any device.
  package var first: Int { min(whole, 1 << 16) }

  /// The size to try after one that took `seconds`; nil where it was large enough.
  package func next(after size: Int, seconds: Double) -> Int? {
    if size < whole {
      guard seconds < Self.mostSeconds else { return nil }
      return min(whole, size * Self.factor(Self.cautiousSeconds, seconds, most: 8))
    }
    guard seconds < Self.enoughSeconds, size < Self.mostRounds * whole else { return nil }
    return size / whole * Self.factor(Self.aimSeconds, seconds, most: 16) * whole
  }

  private static func factor(_ aim: Double, _ seconds: Double, most: Int) -> Int {
    guard seconds > 0 else { return most }
    return max(2, min(most, Int(min(aim / seconds, Double(most)))))
  }
}
