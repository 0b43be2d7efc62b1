import Foundation
import Ops

/// Chooses ids from logits: repetition penalty, temperature, top-k, top-p, min-p, draw, in the order of transformers.
public struct Sampler: Sendable {
  public let parameters: SamplingParameters
  private var random: SeededGenerator
  private var seen: Set<Int32>

  private struct Candidate {
    let id: Int32
    /// The logit first, then the weight exp((logit − largest) / temperature).
    var value: Double

    /// Likelier first; equals by id, so that the same logits always give the same order.
    static func precedes(_ a: Candidate, _ b: Candidate) -> Bool {
      a.value != b.value ? a.value > b.value : a.id < b.id
    }
  }

  /// - Parameter prompt: ids that the repetition penalty counts from the start.
  public init(_ parameters: SamplingParameters, prompt: [Int32]) {
    self.parameters = parameters
    random = SeededGenerator(seed: parameters.seed)
    seen = parameters.repetitionPenalty == 1 ? [] : Set(prompt)
  }

  /// The next id, which counts as seen from now on.
  ///
  /// - Throws: `GenerationError` of kind `.numeric` where a logit is not finite or there is none.
  public mutating func next(_ logits: [Float]) throws(GenerationError) -> Int32 {
    try Self.check(logits)
    var candidates = logits.indices.map { Candidate(id: Int32($0), value: Double(logits[$0])) }
    penalise(&candidates)
    let id = parameters.isGreedy ? likeliest(candidates).id : draw(candidates)
    if parameters.repetitionPenalty != 1 { seen.insert(id) }
    return id
  }

  /// Proves that logits can be ranked.
  ///
  /// - Throws: `GenerationError` of kind `.numeric` where a logit is not finite or there is none.
  public static func check(_ logits: [Float]) throws(GenerationError) {
    guard !logits.isEmpty else { throw GenerationError(.numeric, "the model gave no logits") }
    guard let bad = logits.firstIndex(where: { !$0.isFinite }) else { return }
    throw GenerationError(
      .numeric, "the model gave \(logits[bad]) as the logit of id \(bad): weights or device are at fault")
  }

  private func penalise(_ candidates: inout [Candidate]) {
    guard parameters.repetitionPenalty != 1 else { return }
    let penalty = Double(parameters.repetitionPenalty)
    for id in seen where candidates.indices.contains(Int(id)) {
      let logit = candidates[Int(id)].value
      candidates[Int(id)].value = logit > 0 ? logit / penalty : logit * penalty
    }
  }

  private func likeliest(_ candidates: [Candidate]) -> Candidate {
    var best = candidates[0]
    for candidate in candidates.dropFirst() where candidate.value > best.value { best = candidate }
    return best
  }

  private mutating func draw(_ all: [Candidate]) -> Int32 {
    var candidates = all
    if parameters.topK > 0, parameters.topK < candidates.count { candidates = best(parameters.topK, of: candidates) }
    let largest = likeliest(candidates).value
    let temperature = Double(parameters.temperature)
    for i in candidates.indices { candidates[i].value = exp((candidates[i].value - largest) / temperature) }
    if parameters.topP < 1 { candidates = nucleus(candidates) }
    // The likeliest id has weight 1.
    if parameters.minP > 0 { candidates.removeAll { $0.value < Double(parameters.minP) } }
    var rest = random.nextUnit() * candidates.reduce(0) { $0 + $1.value }
    for candidate in candidates {
      rest -= candidate.value
      if rest < 0 { return candidate.id }
    }
    // Rounding may leave a crumb behind the last candidate.
    return candidates[candidates.count - 1].id
  }

  /// The `count` likeliest, likeliest first.
  private func best(_ count: Int, of candidates: [Candidate]) -> [Candidate] {
    var kept: [Candidate] = []
    kept.reserveCapacity(count + 1)
    for candidate in candidates {
      if kept.count == count, let last = kept.last, !Candidate.precedes(candidate, last) { continue }
      var low = 0
      var high = kept.count
      while low < high {
        let middle = (low + high) / 2
        if Candidate.precedes(kept[middle], candidate) { low = middle + 1 } else { high = middle }
      }
      kept.insert(candidate, at: low)
      if kept.count > count { kept.removeLast() }
    }
    return kept
  }

  private func nucleus(_ candidates: [Candidate]) -> [Candidate] {
    let total = candidates.reduce(0) { $0 + $1.value }
    let share = Double(parameters.topP)
    // All that lie below this sum to less than the share to be dropped: none of them can be kept, so they need no sorting.
    let floor = total * (1 - share) / Double(candidates.count)
    let sorted = candidates.filter { $0.value >= floor }.sorted(by: Candidate.precedes)
    var sum = 0.0
    for (index, candidate) in sorted.enumerated() {
      sum += candidate.value
      if sum >= share * total { return Array(sorted[...index]) }
    }
    return sorted
  }
}
