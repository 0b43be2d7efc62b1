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
  private let countsStride: Int
  private let positions: Int
  private let sequences: Int
  private let outputRows: Int
  private let pageTables: Int
  private let sampling: Int
  private let cursors: Int
  private let ring: Int
  private let seen: Int
  private let counts: Int
  private let biases: Int
  private let logRing: Int
  private let end: Int

  /// - Parameter vocabularySize: ids that may be sampled.
  package init(_ limits: ExecutionLimits, vocabularySize: Int) {
    self.limits = limits
    seenStride = TokenSet.wordCount(vocabularySize: vocabularySize)
    countsStride = TokenCounts.wordCount(vocabularySize: vocabularySize)
    positions = limits.tokenCount
    sequences = positions + limits.tokenCount
    outputRows = sequences + limits.tokenCount
    pageTables = outputRows + limits.outputCount
    sampling = pageTables + limits.sequenceCount * limits.pagesPerSequence
    cursors = sampling + limits.sequenceCount * Int(SAMPLING_WORDS)
    ring = cursors + limits.outputCount
    seen = ring + Self.ringLength * limits.outputCount
    counts = seen + limits.sequenceCount * seenStride
    biases = counts + limits.sequenceCount * countsStride
    logRing = biases + limits.sequenceCount * LogitBiasTable.wordCount
    end = logRing + Self.ringLength * limits.outputCount * TokenLogProbabilities.columns
  }

  package var byteCount: Int { Self.headerByteCount + 4 * end }
  /// Where the sampled ids start.
  package var ringByteOffset: Int { Self.headerByteCount + 4 * ring }
  /// What `stepCount` chained steps leave there.
  package func ringByteCount(stepCount: Int) -> Int { 4 * stepCount * limits.outputCount }
  /// Where their log-probabilities start.
  package var logRingByteOffset: Int { Self.headerByteCount + 4 * logRing }
  /// The same for log-probabilities.
  package func logRingByteCount(stepCount: Int) -> Int {
    4 * stepCount * limits.outputCount * TokenLogProbabilities.columns
  }

  /// What a sequence has behind the ring, for those of its sampling parameters that look at it: where it starts, and words.
  package func tables(_ inputs: StepInputs) -> [(byteOffset: Int, words: [UInt32])] {
    var tables: [(byteOffset: Int, words: [UInt32])] = []
    func add(_ words: [UInt32], at start: Int) {
      if !words.isEmpty { tables.append((Self.headerByteCount + 4 * start, words)) }
    }
    for (sequence, history) in inputs.histories.enumerated() {
      add(history.seen.words, at: seen + sequence * seenStride)
      add(history.counts.words, at: counts + sequence * countsStride)
    }
    for (sequence, parameters) in inputs.sampling.enumerated() where !parameters.logitBias.isEmpty {
      let table = LogitBiasTable(SamplingRule(parameters).logitBias)
      add(table.words, at: biases + sequence * LogitBiasTable.wordCount)
    }
    return tables
  }

  /// Writes everything before the ring, ring cursors at zero.
  package func write(_ inputs: StepInputs, into bytes: inout MutableRawSpan) {
    let header = StepHeader(
      token_count: UInt32(inputs.tokens.count), output_count: UInt32(inputs.outputRows.count),
      feeds_back: inputs.repeatCount > 1 ? 1 : 0, pages_per_sequence: UInt32(limits.pagesPerSequence), tokens: 0,
      positions: UInt32(positions), sequences: UInt32(sequences), output_rows: UInt32(outputRows),
      page_tables: UInt32(pageTables), ring: UInt32(ring), ring_length: UInt32(Self.ringLength),
      ring_stride: UInt32(limits.outputCount), ring_cursors: UInt32(cursors),
      sampling: UInt32(sampling), seen: UInt32(seen), seen_stride: UInt32(seenStride), counts: UInt32(counts),
      counts_stride: UInt32(countsStride), biases: UInt32(biases),
      log_ring: UInt32(logRing))
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
        of: SamplingParams(parameters),
        toByteOffset: Self.headerByteCount + 4 * (sampling + sequence * Int(SAMPLING_WORDS)), as: SamplingParams.self)
    }
    store(repeatElement(0, count: limits.outputCount), at: cursors, into: &bytes)
  }

  private func store(_ words: some Collection<Int32>, at start: Int, into bytes: inout MutableRawSpan) {
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

  /// Appends the ids that `repeatCount` chained steps left in the ring, those of each step in the order of its output rows.
  package func readSampled(_ inputs: StepInputs, ring bytes: RawSpan, into ids: inout [Int32]) {
    for step in 0..<inputs.repeatCount {
      for output in inputs.outputRows.indices {
        ids.append(bytes.unsafeLoadUnaligned(fromByteOffset: 4 * (step * limits.outputCount + output), as: Int32.self))
      }
    }
  }

  /// The log-probabilities that `repeatCount` chained steps left in their ring.
  package func logProbabilities(_ inputs: StepInputs, ring bytes: [UInt8]) -> [[TokenLogProbabilities?]] {
    let columns = TokenLogProbabilities.columns
    return (0..<inputs.repeatCount).map { step in
      inputs.logProbabilities { output in
        let start = (step * limits.outputCount + output) * columns
        return (start..<(start + columns)).map {
          Float(bitPattern: UInt32(bitPattern: Self.word(bytes, at: 4 * $0)))
        }[...]
      }
    }
  }
}

extension SamplingParams {
  fileprivate init(_ parameters: SamplingParameters) {
    let rule = SamplingRule(parameters)
    var adjustments: Int32 = parameters.logitBias.isEmpty ? 0 : ADJUSTS_BIASED
    if parameters.penalisesSeen { adjustments |= ADJUSTS_SEEN }
    if parameters.penalisesChosen { adjustments |= ADJUSTS_CHOSEN }
    self.init(
      scale: rule.scale, top_k: rule.topK, share: rule.share, reach: rule.reach, penalty: rule.penalty,
      inverse_penalty: rule.inversePenalty, presence: rule.presence, frequency: rule.frequency,
      adjustments: UInt32(adjustments),
      log_probabilities: UInt32(parameters.likeliestCount.map { $0 + 1 } ?? 0),
      seed_low: UInt32(truncatingIfNeeded: rule.seed),
      seed_high: UInt32(truncatingIfNeeded: rule.seed >> 32))
  }
}
