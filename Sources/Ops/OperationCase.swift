import Foundation
public import Tensors

/// A one-step program with inputs to compare a kernel on: shape, step and kind of values; the values follow from a seed.
public struct OperationCase: Sendable {
  /// How random values are spread.
  public enum Spread: String, Sendable {
    /// Normal with deviation 1.
    case normal
    /// Normal times 1e4, with zeros between.
    case large
    /// Normal times 1e-6.
    case small
    /// Normal times a power of ten from 1e-6 to 1e6, another for each value.
    case wide
    /// Normal rounded to whole numbers: many are equal.
    case coarse
    /// All equal.
    case zero
    /// Normal with a NaN here and there.
    case broken
    /// Normal with an infinity here and there.
    case infinite
  }
  /// What every operation with sums must bear.
  static let finiteSpreads: [Spread] = [.normal, .large, .small]

  /// Unique within the operation, for example `ragged 7×65`.
  public let name: String
  public let program: Program
  public let step: StepInputs
  public let limits: ExecutionLimits
  public let spread: Spread

  public init(
    _ name: String, _ program: Program, step: StepInputs, limits: ExecutionLimits, spread: Spread = .normal
  ) {
    self.name = name
    self.program = program
    self.step = step
    self.limits = limits
    self.spread = spread
  }

  /// Whether some input is a matrix of weights, so that the case runs once per format; one row is a vector, in float32.
  public var hasMatrixWeight: Bool {
    program.tensors.contains { $0.weightNames != nil && $0.rows != .fixed(1) }
  }

  /// Whether every matrix of the case is made of whole blocks of `format`.
  public func suits(_ format: BlockFormat) -> Bool {
    program.tensors.allSatisfy { $0.weightNames == nil || $0.rows == .fixed(1) || $0.columns % format.blockLength == 0 }
  }

  /// The case's weights, matrices in `format`.
  public func weights(seed: UInt64, format: BlockFormat) throws(TensorError) -> Weights {
    var stored: [StoredTensor] = []
    for (index, tensor) in program.tensors.enumerated() {
      guard let names = tensor.weightNames, case .fixed(let rows) = tensor.rows else { continue }
      let values = random(count: rows * tensor.columns, seed: seed &+ UInt64(index), spread: .normal)
      let shape = rows == 1 ? [tensor.columns] : [rows, tensor.columns]
      stored.append(try StoredTensor(name: names[0], spec: TensorSpec(shape: shape, format: .f32), values: values))
    }
    return Weights(stored, matrixFormat: format)
  }

  /// Activations and cache contents that the step reads.
  public func values(seed: UInt64) -> [TensorID: [Float]] {
    let written = Set(program.steps.flatMap(\.outputs))
    var values: [TensorID: [Float]] = [:]
    for (index, tensor) in program.tensors.enumerated() {
      let id = TensorID(index)
      switch tensor.kind {
      case .activation where !written.contains(id):
        let count = step.size.rows(tensor.rows) * tensor.columns
        values[id] = random(count: count, seed: seed &+ UInt64(index), spread: spread)
      case .keyValueCache:
        let count = 2 * limits.pageCount * ExecutionLimits.pageLength * tensor.columns
        let layout = tensor.cacheLayout(limits.keyValueFormat)
        var drawn = random(count: count, seed: seed &+ UInt64(index), spread: .normal)
        poisonUnseen(&drawn, columns: tensor.columns)
        values[id] = layout.map { $0.values(of: $0.bytes(of: drawn)) }
      default: break
      }
    }
    return values
  }

  /// Puts NaN where attention of no row looks, and with broken values of no row but the last, so that a kernel that lets it
  /// through is found. What the last row alone sees keeps the keys of odd heads, so that there it is the values that tell.
  private func poisonUnseen(_ cache: inout [Float], columns: Int) {
    guard let attention = program.steps[0].operation as? Attention else { return }
    let pageLength = ExecutionLimits.pageLength
    let slots = zip(step.positions, step.sequences).map { last, sequence in
      let pages = step.pageTables[Int(sequence)]
      return attention.positions(seenFrom: Int(last)).map {
        Int(pages[$0 / pageLength]) * pageLength + $0 % pageLength
      }
    }
    let seenByLast = Set(slots.last ?? [])
    let seen = Set(slots.dropLast(spread == .broken ? 1 : 0).joined())
    for start in stride(from: 0, to: cache.count, by: attention.headDimension) {
      let page = start / (columns * pageLength) % limits.pageCount
      let slot = start / attention.headDimension % pageLength
      guard !seen.contains(page * pageLength + slot) else { continue }
      let isOdd = start / (attention.headDimension * pageLength) % attention.keyValueHeads % 2 == 1
      if start < cache.count / 2, isOdd, seenByLast.contains(page * pageLength + slot) { continue }
      for i in start..<(start + attention.headDimension) { cache[i] = .nan }
    }
  }

  private func random(count: Int, seed: UInt64, spread: Spread) -> [Float] {
    var generator = SeededGenerator(seed: seed)
    return (0..<count).map { _ in
      let value = generator.nextNormal()
      return switch spread {
      case .normal: value
      case .large: generator.next() % 4 == 0 ? 0 : value * 1e4
      case .small: value * 1e-6
      case .wide: value * Float(pow(10, Double(generator.next() % 13) - 6))
      case .coarse: value.rounded()
      case .zero: 0
      case .broken: generator.next() % 64 == 0 ? .nan : value
      case .infinite: generator.next() % 64 == 0 ? .infinity : value
      }
    }
  }
}

extension OperationCase {
  /// A case around the one step that `body` appends; where its rows stand says `init`.
  static func oneStep(
    _ name: String, tokens: Int, start: Int = 0, outputRows: [Int]? = nil, vocabulary: Int = 1, sequences: Int = 1,
    sampling: [SamplingParameters] = [], keyValueFormat: BlockFormat = .f16, spread: Spread = .normal,
    _ body: (inout Program) throws(ProgramError) -> TensorID
  ) -> OperationCase {
    var program = Program()
    if let result = try? body(&program) { program.keep(result) }
    return OperationCase(
      name, program, tokens: tokens, start: start, outputRows: outputRows ?? [tokens - 1], vocabulary: vocabulary,
      sequences: sequences, sampling: sampling, keyValueFormat: keyValueFormat, spread: spread)
  }

  /// A case of a one-step program with `tokens` rows, which go to the sequences in turn; their pages lie in reverse order,
  /// between each other.
  ///
  /// - Parameter start: position of the first row of the first sequence; the second begins at half of it, and so on.
  package init(
    _ name: String, _ program: Program, tokens: Int, start: Int, outputRows: [Int], vocabulary: Int = 1,
    sequences: Int = 1, sampling: [SamplingParameters] = [], keyValueFormat: BlockFormat = .f16,
    spread: Spread = .normal
  ) {
    let pages = (start + (tokens - 1) / sequences) / ExecutionLimits.pageLength + 1
    let step = StepInputs(
      // A prime stride, so that a few tokens reach all over the vocabulary.
      tokens: (0..<tokens).map { Int32(($0 * 7919 + 3) % vocabulary) },
      positions: (0..<tokens).map { Int32(start / ($0 % sequences + 1) + $0 / sequences) },
      sequences: (0..<tokens).map { Int32($0 % sequences) },
      pageTables: (0..<sequences).map { sequence in
        (0..<pages).map { Int32((pages - $0) * sequences - sequence) }
      },
      outputRows: outputRows.map { Int32($0) }, sampling: sampling,
      histories: sampling.enumerated().map {
        Self.history(sequence: Int32($0), for: $1, vocabularySize: program.logitCount)
      })
    let limits = ExecutionLimits(
      tokenCount: tokens, outputCount: step.outputRows.count, sequenceCount: sequences,
      pageCount: sequences * pages + 1, pagesPerSequence: pages, keyValueFormat: keyValueFormat)
    self.init(name, program, step: step, limits: limits, spread: spread)
  }

  /// Every third id and more, others for each sequence; up to three times in the answer.
  private static func history(
    sequence: Int32, for parameters: SamplingParameters, vocabularySize: Int
  ) -> TokenHistory {
    let ids = (0..<Int32(vocabularySize)).filter { ($0 + sequence) % 3 == 0 || $0 % 7 == 2 }
    let answer = ids.flatMap { [Int32](repeating: $0, count: Int($0 % 4)) }
    return TokenHistory(prompt: ids, answer: answer, for: parameters, vocabularySize: vocabularySize)
  }
}
