/// The definition of sampling.
extension SamplingParameters {
  private struct Candidate {
    let distance: UInt32
    let id: Int32

    /// Likelier first; equals by id, so that the same logits always give the same order.
    static func precedes(_ a: Candidate, _ b: Candidate) -> Bool {
      a.distance != b.distance ? a.distance < b.distance : a.id < b.id
    }
  }

  /// The id that follows; -1 where a logit is NaN or +∞ or none is finite.
  ///
  /// - Parameters:
  ///   - history: the ids before.
  ///   - position: of the row that the logits belong to; with the seed it decides what is drawn.
  public func choice(from logits: [Float], history: TokenHistory, position: Int32) -> Int32 {
    guard !logits.contains(where: { $0.isNaN || $0 == .infinity }) else { return -1 }
    let rule = SamplingRule(self)
    var values = logits
    if penalises || !logitBias.isEmpty {
      for id in logits.indices { values[id] = rule.ranked(logits[id], id: Int32(id), history) }
    }
    guard let largest = values.max(), largest > -.infinity else { return -1 }
    if isGreedy { return Int32(values.firstIndex(of: largest) ?? -1) }
    var kept = values.indices.map { Candidate(distance: rule.distance(values[$0], from: largest), id: Int32($0)) }
      .filter { $0.distance <= rule.reach }.sorted(by: Candidate.precedes)
    if topK > 0 { kept = Array(kept.prefix(topK)) }
    if rule.share > 0 {
      let (quotient, remainder) = SamplingRule.part(total(kept), rule.share)
      kept = Array(kept[...index(of: quotient + (remainder > 0 ? 1 : 0), in: kept)])
    }
    let drawn = SamplingRule.part(total(kept), rule.uniform(at: position)).quotient
    return kept[index(of: drawn + 1, in: kept)].id
  }

  private func total(_ kept: [Candidate]) -> UInt64 {
    kept.reduce(0) { $0 + UInt64(SamplingRule.weight($1.distance)) }
  }

  /// The first index up to which the weights reach `sum`.
  private func index(of sum: UInt64, in kept: [Candidate]) -> Int {
    var reached: UInt64 = 0
    for (index, candidate) in kept.enumerated() {
      reached += UInt64(SamplingRule.weight(candidate.distance))
      if reached >= sum { return index }
    }
    return kept.count - 1
  }
}
