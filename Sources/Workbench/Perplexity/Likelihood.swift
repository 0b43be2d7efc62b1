/// How well a model predicts the tokens of a text.
package struct Likelihood: Codable, Sendable {
  /// exp of the mean of -log p over the tokens that count.
  package let perplexity: Double
  /// Of the perplexity, as if tokens were drawn independently.
  package let standardError: Double
  /// Tokens per second, those that do not count included.
  package let tokensPerSecond: Double

  /// - Parameter losses: -log p of each token that counts, in nats.
  init(losses: [Double], tokensPerSecond: Double) {
    let summary = SampleSummary(losses)
    (perplexity, standardError) = summary.exponential
    self.tokensPerSecond = tokensPerSecond
  }
}
