import Ops

/// Finished sequences whose pages still lie in the pool, oldest first: a request that begins as one of them need not be fed
/// its beginning.
package struct PrefixCache: Sendable {
  package private(set) var sequences: [Sequence] = []

  package init() {}

  /// Keeps `sequence`, unless another makes it useless, and lets go of those that it makes useless.
  package mutating func add(_ sequence: Sequence, promptsOnly: Bool, pool: inout KVPool) {
    pool.trim(sequence.id, toPositions: sequence.cachedCount)
    func covers(_ whole: Sequence, _ part: Sequence) -> Bool {
      part.cachedCount <= whole.cachedCount && part.cachedPrefixCount(sharedWith: whole.tokens) == part.cachedCount
        && (!promptsOnly || min(part.promptCount, part.cachedCount) <= whole.promptCount)
    }
    if sequences.contains(where: { covers($0, sequence) }) { return pool.release(sequence.id) }
    for other in sequences where covers(sequence, other) { pool.release(other.id) }
    sequences.removeAll { covers(sequence, $0) }
    if sequence.cachedCount > 0 { sequences.append(sequence.withoutHistory) }
  }

  package mutating func removeAll(pool: inout KVPool) {
    for sequence in sequences { pool.release(sequence.id) }
    sequences = []
  }

  /// Frees pages until `count` are free or nothing is left, from the ends of those that were not used for the longest time.
  package mutating func freePages(_ count: Int, pool: inout KVPool) {
    while pool.freePageCount < count, var oldest = sequences.first {
      let kept = max(0, pool.pages(of: oldest.id).count - (count - pool.freePageCount)) * ExecutionLimits.pageLength
      pool.trim(oldest.id, toPositions: kept)
      oldest.markCached(upTo: min(oldest.cachedCount, kept))
      if kept == 0 { sequences.removeFirst() } else { sequences[0] = oldest }
    }
  }

  /// Gives `sequence`, which has fed nothing yet, the pages of the longest beginning that it shares with a sequence here or one
  /// that runs.
  ///
  /// - Parameter promptsOnly: whether only what was fed as a prompt may serve in a prompt, since it has other bits in an answer.
  package mutating func serve(
    _ sequence: inout Sequence, running: [Sequence], promptsOnly: Bool, pool: inout KVPool
  ) throws(KVPoolError) {
    func sharedCount(_ other: Sequence) -> Int {
      // The last id is always fed: its logits are not kept.
      let count = min(other.cachedPrefixCount(sharedWith: sequence.tokens), sequence.tokens.count - 1)
      return promptsOnly ? min(count, other.promptCount, sequence.promptCount) : count
    }
    let finished = sequences.indices.map { (index: $0 as Int?, other: sequences[$0]) }
    let all = finished + running.map { (index: nil, other: $0) }
    let counts = all.map { sharedCount($0.other) }
    // Of equals a finished one: it hands its last page over.
    guard let best = counts.indices.max(by: { (counts[$0], -$0) < (counts[$1], -$1) }), counts[best] > 0 else { return }
    let (index, other) = all[best]
    let count = try pool.share(counts[best], of: other.id, with: sequence.id, finished: index != nil)
    sequence.markCached(upTo: count)
    guard let index else { return }
    var used = sequences.remove(at: index)
    used.markCached(upTo: min(used.cachedCount, pool.capacity(of: used.id)))
    if used.cachedCount > 0 { sequences.append(used) }
  }
}
