import Foundation
public import Tensors

/// Causal grouped-query attention over the paged cache: softmax(q · kᵀ · scale) · v.
///
/// Inputs: q [tokens, heads · headDimension], cache. Result: like q. Each row attends to positions 0 to its own.
public struct Attention: Operation {
  public static let name = "attention"
  public let heads: Int
  public let keyValueHeads: Int
  public let headDimension: Int
  public let scale: Float

  public init(heads: Int, keyValueHeads: Int, headDimension: Int, scale: Float) {
    self.heads = heads
    self.keyValueHeads = keyValueHeads
    self.headDimension = headDimension
    self.scale = scale
  }

  public var description: String { "attention[heads: \(heads)/\(keyValueHeads)×\(headDimension), scale: \(scale)]" }

  public func outputShape(_ inputs: [ProgramTensor]) throws(ProgramError) -> (rows: RowCount, columns: Int) {
    try inputs.expect(2, for: self)
    guard keyValueHeads > 0, heads.isMultiple(of: keyValueHeads), inputs[0].columns == heads * headDimension,
      inputs[1].columns == keyValueHeads * headDimension, inputs[1].isKeyValueCache
    else { throw ProgramError("\(self): does not fit inputs of \(inputs.map(\.columns)) columns") }
    return (inputs[0].rows, inputs[0].columns)
  }

  public func cost(_ inputs: [(tensor: ProgramTensor, format: BlockFormat)], size: StepSize) -> Cost {
    let stored = inputs[1].tensor.cachedByteCount(inputs[1].format) * size.context
    return Cost(
      floatOperations: 4 * size.tokens * size.context * inputs[0].tensor.columns,
      byteCount: stored + 8 * size.tokens * inputs[0].tensor.columns)
  }

  public func evaluate(_ call: inout ReferenceCall) throws(ProgramError) {
    let queries = try call.matrix(0)
    let cache = try call.cache(1)
    let step = call
    let results = concurrentMap(queries.rows * heads) { index in
      attend(row: index / heads, head: index % heads, queries: queries, cache: cache, call: step)
    }
    call.output.values = results.flatMap { $0 }
  }

  private func attend(row: Int, head: Int, queries: Matrix, cache: ReferenceCache, call: ReferenceCall) -> [Float] {
    let (offsets, scores) = scores(row: row, head: head, queries: queries, cache: cache, call: call)
    let largest = scores.max() ?? 0
    let weights = scores.map { exp($0 - largest) }
    let total = weights.reduce(0, +)
    return (0..<headDimension).map { i in
      Float(zip(offsets, weights).reduce(0.0) { $0 + $1.1 * Double(cache.values[$1.0 + i]) } / total)
    }
  }

  /// Where each position's vectors start in the cache, and its score.
  private func scores(
    row: Int, head: Int, queries: Matrix, cache: ReferenceCache, call: ReferenceCall
  ) -> (offsets: [Int], scores: [Double]) {
    let start = row * queries.columns + head * headDimension
    let offsets = (0...Int(call.step.positions[row])).map { position in
      let (page, slot) = call.slot(row: row, position: position)
      return cache.offset(page: page, head: head / (heads / keyValueHeads), slot: slot)
    }
    let scores = offsets.map { offset in
      Double(scale)
        * (0..<headDimension).reduce(0.0) {
          $0 + Double(queries.values[start + $1]) * Double(cache.keys[offset + $1])
        }
    }
    return (offsets, scores)
  }

  /// A score is off by d + 2 roundings of its absolute sum, exp by 3 + 2·|x| units, so a weight by their sum; the weights'
  /// total is off by the mean of that, and both sums add a rounding per position.
  public func errorBound(_ call: ReferenceCall) throws(ProgramError) -> [Float] {
    let queries = try call.matrix(0)
    let cache = try call.cache(1)
    let step = call
    return concurrentMap(queries.rows * heads) { index in
      bound(row: index / heads, head: index % heads, queries: queries, cache: cache, call: step)
    }.flatMap { $0 }
  }

  private func bound(row: Int, head: Int, queries: Matrix, cache: ReferenceCache, call: ReferenceCall) -> [Float] {
    let (offsets, scores) = scores(row: row, head: head, queries: queries, cache: cache, call: call)
    let start = row * queries.columns + head * headDimension
    let largest = scores.max() ?? 0
    let weights = scores.map { exp($0 - largest) }
    let total = weights.reduce(0, +)
    let unit = Double(unitRoundoff)
    let scoreErrors = offsets.map { offset in
      (0..<headDimension).reduce(0.0) {
        $0 + abs(Double(queries.values[start + $1]) * Double(cache.keys[offset + $1]))
      } * Double(scale) * Double(headDimension + 4) * unit
    }
    let highestError = scoreErrors.max() ?? 0
    let errors = zip(scores, scoreErrors).map { score, error in
      expm1(error + highestError) + (6 + 4 * (largest - score)) * unit
    }
    let mean = zip(errors, weights).reduce(0.0) { $0 + $1.0 * $1.1 } / total
    let sums = Double(2 * offsets.count + 16) * unit
    return (0..<headDimension).map { i in
      let bound = offsets.indices.reduce(0.0) {
        $0 + weights[$1] / total * abs(Double(cache.values[offsets[$1] + i])) * (errors[$1] + mean + sums)
      }
      return Float(bound) + .leastNormalMagnitude
    }
  }

  public static var cases: [OperationCase] {
    var cases: [OperationCase] = []
    for (heads, keyValueHeads, headDimension) in [
      (4, 2, 32), (2, 2, 20), (3, 1, 80), (1, 1, 6), (8, 2, 128), (2, 1, 256), (7, 1, 64),
    ] {
      for (tokens, start, sequences, spread) in [
        (1, 0, 1, OperationCase.Spread.normal), (1, 7, 1, .large), (1, 200, 1, .small), (9, 60, 1, .normal),
        (3, 127, 1, .coarse), (2, 1100, 1, .normal), (5, 130, 2, .normal), (12, 140, 12, .coarse),
        (19, 131, 3, .normal),
      ] {
        let company = sequences > 1 ? " of \(sequences) sequences" : ""
        for format in CacheLayout.formats
        where CacheLayout(headDimension: headDimension, format: format).isStorable {
          cases.append(
            .oneStep(
              "\(heads)/\(keyValueHeads)×\(headDimension), \(tokens)\(company) at \(start), \(format) \(spread)",
              tokens: tokens, start: start, sequences: sequences, keyValueFormat: format,
              spread: spread
            ) { program throws(ProgramError) in
              let queries = program.input("q", rows: .tokens, columns: heads * headDimension)
              let cache = program.keyValueCache(layer: 0, heads: keyValueHeads, headDimension: headDimension)
              return try program.append(
                Attention(
                  heads: heads, keyValueHeads: keyValueHeads, headDimension: headDimension,
                  scale: 1 / Float(headDimension).squareRoot()), [queries, cache], name: "attended")
            })
        }
      }
    }
    return cases
  }
}
