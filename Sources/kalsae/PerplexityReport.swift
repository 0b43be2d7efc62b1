import Foundation
import Models
import Ops
import Tensors
import Workbench

/// What `kalsae perplexity` shows.
struct PerplexityReport: Encodable {
  struct Side: Encodable {
    let model: String
    /// Formats of the matrices.
    let weights: String
    let keyValueFormat: String
    let device: String
    let weightBytes: Int
    let likelihood: Likelihood

    init(_ model: Model, _ run: LikelihoodRun, device: String, likelihood: Likelihood) {
      self.model = model.path
      let stored = Set(model.weights.stored.filter { $0.spec.shape.count > 1 }.map(\.spec.format.name))
      weights = model.weights.matrixFormat?.name ?? stored.sorted().joined(separator: " ")
      keyValueFormat = run.prepared.limits.keyValueFormat.name
      self.device = device
      weightBytes = run.prepared.memory.first { $0.purpose.hasPrefix("weights") }?.byteCount ?? 0
      self.likelihood = likelihood
    }
  }

  let file: String
  let textTokens: Int
  let windows: Int
  let contextLength: Int
  let stride: Int
  /// Tokens that count.
  let tokens: Int
  let measured: Side
  let against: Side?
  let comparison: LikelihoodComparison?

  var text: String {
    func number(_ value: Double, _ format: String = "%.4f") -> String { String(format: format, value) }
    var lines = [
      "\(file): \(textTokens) tokens in \(windows) windows of \(contextLength), one every \(stride); \(tokens) count"
    ]
    var table = TextTable(
      ["", "weights", "cache", "perplexity", "±", "tokens/s", "device"], numeric: [3, 4, 5])
    for (name, side) in [("measured", measured)] + (against.map { [("against", $0)] } ?? []) {
      table.append([
        name, side.weights, side.keyValueFormat, number(side.likelihood.perplexity),
        number(side.likelihood.standardError), Figures.rate(side.likelihood.tokensPerSecond), side.device,
      ])
    }
    lines += table.lines
    if let comparison {
      lines += [
        "perplexity ratio  \(number(comparison.perplexityRatio, "%.6f")) ± \(number(comparison.perplexityRatioError, "%.6f"))",
        "KL divergence     \(number(comparison.meanDivergence, "%.3g")) ± \(number(comparison.meanDivergenceError, "%.2g")) nats, "
          + "99th percentile \(number(comparison.divergence99, "%.3g")), largest \(number(comparison.largestDivergence, "%.3g"))",
        "same top token    \(number(100 * comparison.sameTopShare, "%.2f")) %",
      ]
    }
    return lines.map { $0 + "\n" }.joined()
  }
}
