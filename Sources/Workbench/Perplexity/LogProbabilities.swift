import Foundation

/// What one row of logits says of the next token, in float64.
package struct LogProbabilities {
  private let logits: ArraySlice<Float>
  /// The logarithm of the sum of exp(logit).
  private let normaliser: Double

  package init(_ logits: ArraySlice<Float>) {
    self.logits = logits
    let largest = Double(logits.max() ?? 0)
    normaliser = largest + log(logits.reduce(0.0) { $0 + exp(Double($1) - largest) })
  }

  package subscript(id: Int) -> Double { Double(logits[logits.startIndex + id]) - normaliser }

  /// The likeliest token, of equal ones the first.
  package var best: Int {
    logits.indices.reduce(logits.startIndex) { logits[$1] > logits[$0] ? $1 : $0 } - logits.startIndex
  }

  /// The Kullback-Leibler divergence of `other` from this, in nats: what is lost where `other` stands in.
  package func divergence(of other: LogProbabilities) -> Double {
    (0..<logits.count).reduce(0.0) { sum, id in
      let own = self[id]
      return sum + exp(own) * (own - other[id])
    }
  }
}
