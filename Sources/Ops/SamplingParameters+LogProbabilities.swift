import Foundation

/// The definition of log-probabilities.
extension SamplingParameters {
  /// The log-probability of `chosen`, then id and log-probability of each of the likeliest as far as they are asked for:
  /// -1 and 0 where there is none, 0 behind them.
  ///
  /// - Parameter chosen: -1 where logits are no numbers; then the first number is 0 and all ids are -1.
  package func logProbabilities(of chosen: Int32, in logits: [Float]) -> [Float] {
    var row = [Float](repeating: 0, count: TokenLogProbabilities.columns)
    guard let count = likeliestCount else { return row }
    for place in 0..<count { row[1 + 2 * place] = -1 }
    guard logits.indices.contains(Int(chosen)) else { return row }
    let largest = Double(logits.max() ?? 0)
    let logarithm = log(logits.reduce(0.0) { $0 + exp(Double($1) - largest) })
    func value(_ id: Int) -> Float { Float(Double(logits[id]) - largest - logarithm) }
    row[0] = value(Int(chosen))
    let possible = logits.indices.filter { logits[$0] > -.infinity }
    let ranked = possible.sorted { logits[$0] != logits[$1] ? logits[$0] > logits[$1] : $0 < $1 }
    for (place, id) in ranked.prefix(count).enumerated() {
      row[1 + 2 * place] = Float(id)
      row[2 + 2 * place] = value(id)
    }
    return row
  }

  /// How far a device's log-probability may be away.
  ///
  /// Weights are rounded down to multiples of 2^-31 of the likeliest one and are otherwise wrong by 2^-22 at most; a device's
  /// logarithm by three units in the last place, or by 2^-21; what is added by half a unit each.
  package static func logProbabilityBound(_ logProbability: Float, vocabularySize: Int) -> Float {
    Float(vocabularySize) * 0x1p-31 + 0x1p-20 + abs(logProbability) * 0x1p-21
  }
}
