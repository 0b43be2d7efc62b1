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
    let stored = 2 * inputs[1].format.rowByteCount(inputs[1].tensor.columns) * size.context
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
    let largest = scores.max() ?? 0
    let weights = scores.map { exp($0 - largest) }
    let total = weights.reduce(0, +)
    return (0..<headDimension).map { i in
      Float(zip(offsets, weights).reduce(0.0) { $0 + $1.1 * Double(cache.values[$1.0 + i]) } / total)
    }
  }

  /// Scores are off by d + 2 roundings of their absolute sum, exp by 3 + 2·|x| units, sums by one rounding per position;
  /// all of it weighs numbers no larger than the largest value.
  public func errorBound(_ call: ReferenceCall) throws(ProgramError) -> [Float] {
    let queries = try call.matrix(0)
    let cache = try call.cache(1)
    let largestKey = cache.keys.reduce(Float(0)) { max($0, abs($1)) }
    let largestValue = cache.values.reduce(Float(0)) { max($0, abs($1)) }
    return (0..<queries.rows).flatMap { row -> [Float] in
      let magnitude = queries.row(row).reduce(Float(0)) { max($0, abs($1)) } * largestKey * Float(headDimension) * scale
      let context = Float(call.step.positions[row]) + 1
      let roundings = 2 * magnitude * Float(headDimension + 2) / 4 + 2 * (3 + 2 * magnitude) + 2 * context + 16
      return [Float](repeating: largestValue * roundings * unitRoundoff, count: queries.columns)
    }
  }

  public static var cases: [OperationCase] {
    var cases: [OperationCase] = []
    for (heads, keyValueHeads, headDimension) in [
      (4, 2, 32), (2, 2, 20), (3, 1, 80), (1, 1, 6), (8, 2, 128), (2, 1, 256),
    ] {
      for (tokens, start) in [(1, 0), (1, 7), (1, 200), (9, 60), (3, 127)] {
        for format in [BlockFormat.f16, .f32] {
          cases.append(
            .oneStep(
              "\(heads)/\(keyValueHeads)×\(headDimension), \(tokens) at \(start), \(format)", tokens: tokens,
              start: start,
              keyValueFormat: format
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
