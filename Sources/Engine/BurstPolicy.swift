/// How many chained steps to submit next: a pure function of what earlier steps took.
///
/// Counts are powers of two, so that a backend records few variants; they start at 1, at most double, and their
/// predicted time stays within `targetSeconds`, because watchdogs kill long submissions and a stop must come soon.
public struct BurstPolicy: Hashable, Sendable {
  public static let longestCount = 16
  public static let targetSeconds = 0.1

  /// The latest measured time of one step; nil before the first.
  public private(set) var secondsPerStep: Double?
  private var previousCount = 0
  private var sequences: [SequenceID] = []

  public init() {}

  /// Begins anew where others than in the burst before are to run.
  public mutating func begin(_ sequences: [SequenceID]) {
    guard sequences != self.sequences else { return }
    self = BurstPolicy()
    self.sequences = sequences
  }

  /// - Parameter limit: steps that tokens, context and pages allow, at least 1.
  public func nextCount(limit: Int) -> Int {
    var bound = min(limit, Self.longestCount, max(1, previousCount * 2))
    if let secondsPerStep, secondsPerStep > 0 {
      bound = min(bound, Int(min(Self.targetSeconds / secondsPerStep, Double(Self.longestCount))))
    }
    var count = 1
    while count * 2 <= bound { count *= 2 }
    return count
  }

  /// Notes that `count` chained steps took `seconds` together.
  public mutating func record(count: Int, seconds: Double) {
    guard count > 0, seconds.isFinite, seconds >= 0 else { return }
    previousCount = count
    secondsPerStep = seconds / Double(count)
  }
}
