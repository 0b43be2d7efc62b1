import Foundation

/// How far a model's predictions are from another's, token by token.
package struct LikelihoodComparison: Codable, Sendable {
  /// The Kullback-Leibler divergence from the other's distribution, mean over the tokens, in nats.
  package let meanDivergence: Double
  package let meanDivergenceError: Double
  /// Nine and ninety of a hundred tokens have no larger one.
  package let divergence99: Double
  package let largestDivergence: Double
  /// The share of tokens where both find the same one likeliest.
  package let sameTopShare: Double
  /// The perplexity over the other's.
  package let perplexityRatio: Double
  /// From the differences token by token.
  package let perplexityRatioError: Double

  package init(_ tokens: [LikelihoodMeter.Token]) {
    let pairs = tokens.compactMap { token in token.against.map { (token, $0) } }
    let divergences = SampleSummary(pairs.map(\.1.divergence))
    meanDivergence = divergences.mean
    meanDivergenceError = divergences.standardError
    largestDivergence = divergences.maximum
    let sorted = pairs.map(\.1.divergence).sorted()
    divergence99 = sorted.isEmpty ? .nan : sorted[(sorted.count * 99 + 99) / 100 - 1]
    sameTopShare = Double(pairs.count { $0.1.hasSameTop }) / Double(pairs.count)
    (perplexityRatio, perplexityRatioError) = SampleSummary(pairs.map { $0.0.loss - $0.1.loss }).exponential
  }
}

extension SampleSummary {
  /// Of the mean.
  var standardError: Double { standardDeviation / Double(count).squareRoot() }

  /// exp of the mean, and its standard error.
  var exponential: (value: Double, error: Double) { (exp(mean), exp(mean) * standardError) }
}
