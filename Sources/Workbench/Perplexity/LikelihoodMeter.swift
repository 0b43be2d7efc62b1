import Engine
import Ops

/// Reads a text with a model, and with another beside it, and keeps what they say of each token that counts.
package struct LikelihoodMeter: Sendable {
  /// What was said of one token, in nats.
  package struct Token: Sendable {
    package struct Against: Sendable {
      let loss: Double
      let divergence: Double
      let hasSameTop: Bool

      package init(loss: Double, divergence: Double, hasSameTop: Bool) {
        self.loss = loss
        self.divergence = divergence
        self.hasSameTop = hasSameTop
      }
    }
    let loss: Double
    let against: Against?

    package init(loss: Double, against: Against?) {
      self.loss = loss
      self.against = against
    }
  }

  private let run: LikelihoodRun
  private let other: LikelihoodRun?
  private var seconds = 0.0
  private var otherSeconds = 0.0
  private var readCount = 0
  private var tokens: [Token] = []

  /// - Parameters:
  ///   - run: what is measured.
  ///   - other: what it is compared with, with the same windows.
  package init(_ run: LikelihoodRun, against other: LikelihoodRun? = nil) {
    self.run = run
    self.other = other
  }

  /// Tokens that counted so far.
  package var tokenCount: Int { tokens.count }
  package var likelihood: Likelihood {
    Likelihood(losses: tokens.map(\.loss), tokensPerSecond: Double(readCount) / seconds)
  }
  /// Of the model beside; nil where there is none.
  package var otherLikelihood: Likelihood? {
    guard other != nil else { return nil }
    return Likelihood(losses: tokens.compactMap(\.against?.loss), tokensPerSecond: Double(readCount) / otherSeconds)
  }
  package var comparison: LikelihoodComparison? { other == nil ? nil : LikelihoodComparison(tokens) }

  /// Reads one window: `run.windows.length` ids.
  ///
  /// - Throws: `GenerationError` where a logit is not finite, or what the backend throws.
  package mutating func read(_ window: ArraySlice<Int32>) async throws {
    for rows in run.steps {
      let start = ContinuousClock.now
      let logits = try await run.logits(of: window, rows: rows)
      seconds += start.secondsUntilNow
      let otherStart = ContinuousClock.now
      let otherLogits = try await other?.logits(of: window, rows: rows)
      otherSeconds += otherStart.secondsUntilNow
      readCount += rows.count
      guard !logits.isEmpty else { continue }
      try GenerationError.check(logits)
      if let otherLogits { try GenerationError.check(otherLogits) }
      let targets = rows.map { Int(window[window.startIndex + $0 + 1]) }
      tokens += Self.tokens(targets, logits, otherLogits)
    }
  }

  private static func tokens(_ targets: [Int], _ logits: [Float], _ otherLogits: [Float]?) -> [Token] {
    let columns = logits.count / targets.count
    return concurrentMap(targets.count) { row in
      let range = (row * columns)..<((row + 1) * columns)
      let own = LogProbabilities(logits[range])
      let against = otherLogits.map { otherLogits in
        let other = LogProbabilities(otherLogits[range])
        return Token.Against(
          loss: -other[targets[row]], divergence: other.divergence(of: own), hasSameTop: other.best == own.best)
      }
      return Token(loss: -own[targets[row]], against: against)
    }
  }
}
