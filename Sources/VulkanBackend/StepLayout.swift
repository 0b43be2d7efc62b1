import CKernelParams
import GPU
package import Ops

/// Where everything lies in the step buffer; see `shaders/params/step.h`.
package struct StepLayout: Hashable, Sendable {
  /// Chained steps whose sampled ids the ring can hold.
  package static let ringLength = 64
  private static let headerByteCount = MemoryLayout<StepHeader>.size

  private let limits: ExecutionLimits
  private let seenStride: Int
  private let positions: Int
  private let sequences: Int
  private let outputRows: Int
  private let pageTables: Int
  private let sampling: Int
  private let cursors: Int
  private let ring: Int
  private let seen: Int

  /// - Parameter vocabularySize: ids that may be sampled.
  package init(_ limits: ExecutionLimits, vocabularySize: Int) {
    self.limits = limits
    seenStride = TokenSet.wordCount(vocabularySize: vocabularySize)
    positions = limits.tokenCount
    sequences = positions + limits.tokenCount
    outputRows = sequences + limits.tokenCount
    pageTables = outputRows + limits.outputCount
    sampling = pageTables + limits.sequenceCount * limits.pagesPerSequence
    cursors = sampling + limits.sequenceCount * Int(SAMPLING_WORDS)
    ring = cursors + limits.outputCount
    seen = ring + Self.ringLength * limits.outputCount
  }

  package var byteCount: Int { Self.headerByteCount + 4 * (seen + limits.sequenceCount * seenStride) }
  /// Where the sampled ids start.
  package var ringByteOffset: Int { Self.headerByteCount + 4 * ring }
  package var ringByteCount: Int { 4 * Self.ringLength * limits.outputCount }
  /// Where the bits of the ids that a sequence has so far start.
  package func seenByteOffset(sequence: Int) -> Int { Self.headerByteCount + 4 * (seen + sequence * seenStride) }

  /// Writes everything before the ring, ring cursors at zero.
  package func write(_ inputs: StepInputs, into bytes: inout MutableRawSpan) {
    let header = StepHeader(
      token_count: UInt32(inputs.tokens.count), output_count: UInt32(inputs.outputRows.count),
      feeds_back: inputs.repeatCount > 1 ? 1 : 0, pages_per_sequence: UInt32(limits.pagesPerSequence), tokens: 0,
      positions: UInt32(positions), sequences: UInt32(sequences), output_rows: UInt32(outputRows),
      page_tables: UInt32(pageTables), ring: UInt32(ring), ring_length: UInt32(Self.ringLength),
      ring_stride: UInt32(limits.outputCount), ring_cursors: UInt32(cursors),
      sampling: UInt32(sampling), seen: UInt32(seen), seen_stride: UInt32(seenStride))
    bytes.storeBytes(of: header, toByteOffset: 0, as: StepHeader.self)
    store(inputs.tokens, at: 0, into: &bytes)
    store(inputs.positions, at: positions, into: &bytes)
    store(inputs.sequences, at: sequences, into: &bytes)
    store(inputs.outputRows, at: outputRows, into: &bytes)
    for (sequence, table) in inputs.pageTables.enumerated() {
      store(table, at: pageTables + sequence * limits.pagesPerSequence, into: &bytes)
    }
    for sequence in inputs.pageTables.indices {
      let parameters = inputs.sampling.isEmpty ? .greedy : inputs.sampling[sequence]
      bytes.storeBytes(
        of: SamplingParams(SamplingRule(parameters)),
        toByteOffset: Self.headerByteCount + 4 * (sampling + sequence * Int(SAMPLING_WORDS)), as: SamplingParams.self)
    }
    store([Int32](repeating: 0, count: limits.outputCount), at: cursors, into: &bytes)
  }

  private func store(_ words: [Int32], at start: Int, into bytes: inout MutableRawSpan) {
    for (index, word) in words.enumerated() {
      bytes.storeBytes(of: word, toByteOffset: Self.headerByteCount + 4 * (start + index), as: Int32.self)
    }
  }

  /// Tokens and positions of the first rows in `bytes`, those of a step buffer.
  package func state(_ bytes: [UInt8], rowCount: Int) -> (tokens: [Int32], positions: [Int32]) {
    func words(at start: Int) -> [Int32] {
      (0..<rowCount).map { Self.word(bytes, at: Self.headerByteCount + 4 * (start + $0)) }
    }
    return (words(at: 0), words(at: positions))
  }

  private static func word(_ bytes: [UInt8], at offset: Int) -> Int32 {
    (0..<4).reduce(Int32(0)) { $0 | Int32(bytes[offset + $1]) << Int32(8 * $1) }
  }

  /// The ids that `repeatCount` chained steps left in the ring.
  package func sampled(_ inputs: StepInputs, ring bytes: [UInt8]) -> [[Int32]] {
    (0..<inputs.repeatCount).map { step in
      inputs.outputRows.indices.map { output in
        Self.word(bytes, at: 4 * (step * limits.outputCount + output))
      }
    }
  }
}

extension SamplingParams {
  fileprivate init(_ rule: SamplingRule) {
    self.init(
      scale: rule.scale, top_k: rule.topK, share: rule.share, reach: rule.reach, penalty: rule.penalty,
      inverse_penalty: rule.inversePenalty, seed_low: UInt32(truncatingIfNeeded: rule.seed),
      seed_high: UInt32(truncatingIfNeeded: rule.seed >> 32))
  }
}
