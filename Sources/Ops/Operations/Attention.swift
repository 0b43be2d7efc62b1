import Foundation
public import Tensors

/// Causal grouped-query attention over the paged cache: softmax(cap(q · kᵀ · scale)) · v.
///
/// Inputs: q [tokens, heads · headDimension], cache. Result: like q. Each row attends to the last `window` positions up to
/// its own, to all of them where there is none. With a soft cap, cap(x) = softCap · tanh(x / softCap).
public struct Attention: Operation {
  public static let name = "attention"
  public let heads: Int
  public let keyValueHeads: Int
  public let headDimension: Int
  public let scale: Float
  /// Positions that a row attends to at most, its own included.
  public let window: Int?
  /// Scores stay between minus and plus this.
  public let softCap: Float?

  public init(
    heads: Int, keyValueHeads: Int, headDimension: Int, scale: Float, window: Int? = nil, softCap: Float? = nil
  ) {
    self.heads = heads
    self.keyValueHeads = keyValueHeads
    self.headDimension = headDimension
    self.scale = scale
    self.window = window
    self.softCap = softCap
  }

  public var description: String {
    let window = window.map { ", window: \($0)" } ?? ""
    let softCap = softCap.map { ", soft cap: \($0)" } ?? ""
    return "attention[heads: \(heads)/\(keyValueHeads)×\(headDimension), scale: \(scale)\(window)\(softCap)]"
  }

  public func outputShape(_ inputs: [ProgramTensor]) throws(ProgramError) -> (rows: RowCount, columns: Int) {
    try inputs.expect(2, for: self)
    guard keyValueHeads > 0, heads.isMultiple(of: keyValueHeads), inputs[0].columns == heads * headDimension,
      inputs[1].columns == keyValueHeads * headDimension, inputs[1].isKeyValueCache
    else { throw ProgramError("\(self): does not fit inputs of \(inputs.map(\.columns)) columns") }
    guard window.map({ $0 > 0 && $0 <= Int32.max }) != false, softCap.map({ $0 > 0 && $0.isFinite }) != false else {
      throw ProgramError("\(self): window and soft cap must be greater than 0")
    }
    return (inputs[0].rows, inputs[0].columns)
  }

  public func cost(_ inputs: [(tensor: ProgramTensor, format: BlockFormat)], size: StepSize) -> Cost {
    let context = min(size.context, window ?? .max)
    let stored = inputs[1].tensor.cachedByteCount(inputs[1].format) * context
    return Cost(
      floatOperations: 4 * size.tokens * context * inputs[0].tensor.columns,
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

  /// Those that a row at `last` attends to.
  func positions(seenFrom last: Int) -> ClosedRange<Int> { max(0, last + 1 - (window ?? .max))...last }

  /// Where the vectors of each position that the row attends to start in the cache, and its score.
  private func scores(
    row: Int, head: Int, queries: Matrix, cache: ReferenceCache, call: ReferenceCall
  ) -> (offsets: [Int], scores: [Double]) {
    let start = row * queries.columns + head * headDimension
    let offsets = positions(seenFrom: Int(call.step.positions[row])).map { position in
      let (page, slot) = call.slot(row: row, position: position)
      return cache.offset(page: page, head: head / (heads / keyValueHeads), slot: slot)
    }
    let scores = offsets.map { offset in
      Double(scale)
        * (0..<headDimension).reduce(0.0) {
          $0 + Double(queries.values[start + $1]) * Double(cache.keys[offset + $1])
        }
    }
    guard let cap = softCap.map(Double.init) else { return (offsets, scores) }
    return (offsets, scores.map { cap * tanh($0 / cap) })
  }

  /// A score is off by d + 2 roundings of its absolute sum, exp by 3 + 2·|x| units, so a weight by their sum; the weights'
  /// total is off by the mean of that, and both sums add a rounding per position.
  ///
  /// A soft cap makes no error larger. Its own, in units of the cap, is 7 where tanh(x / 2) is 1 - 2 / (exp(x) + 1): x is off
  /// by 3, exp by 3 + 2·|x|, which makes 3 of the quotient, the division 3, the difference one half.
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
      } * Double(scale) * Double(headDimension + 4) * unit + 14 * Double(softCap ?? 0) * unit
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

  /// Queries, scaled like rows of `Linear`, keys and values are off by their `float16Error`, and sums have roundings twice as
  /// large where matrix units truncate, so that a score is off by e. What all scores of a row have in common does not show, so
  /// that a weight is off by a factor of exp(e), by the error of exp as in `errorBound`, by 2^-10 for its own rounding, and by
  /// 2^-28 of the largest where it falls below float16's normal numbers, which begin at 2^-29 of it. The weights' total is off
  /// by the mean of that, and both sums add a rounding per position and up to five per block for the running maximum.
  ///
  /// However far weights are off, results stay among the values.
  public func errorBoundForFloat16Inputs(_ call: ReferenceCall) throws(ProgramError) -> [Float] {
    let queries = try call.matrix(0)
    let cache = try call.cache(1)
    let step = call
    return concurrentMap(queries.rows * heads) { index in
      boundForFloat16Inputs(
        row: index / heads, head: index % heads, queries: queries, cache: cache, call: step)
    }.flatMap { $0 }
  }

  private func boundForFloat16Inputs(
    row: Int, head: Int, queries: Matrix, cache: ReferenceCache, call: ReferenceCall
  ) -> [Float] {
    let (offsets, scores) = scores(row: row, head: head, queries: queries, cache: cache, call: call)
    let start = row * queries.columns + head * headDimension
    let query = Array(queries.values[start..<(start + headDimension)])
    let largest = scores.max() ?? 0
    let total = scores.reduce(0.0) { $0 + exp($1 - largest) }
    let unit = Double(unitRoundoff)
    let shares = scores.map { exp($0 - largest) / total }
    let errors = zip(scores, scoreErrorsForFloat16Inputs(query, offsets, cache)).map { score, error in
      let factor = 1 + 0x1p-10 + (8 + 4 * (largest - score)) * unit
      return (exp(score - largest + error) * factor - exp(score - largest) + 0x1p-28) / total
    }
    let mean = errors.reduce(0, +)
    let sums = Double(4 * offsets.count + 16) * unit
    return (0..<headDimension).map { i in
      var (bound, farthest) = (0.0, 0.0)
      for (place, offset) in offsets.enumerated() {
        let value = cache.values[offset + i]
        let error = Double(value.float16Error(leastNormal: 0x1p-14))
        let magnitude = Double(abs(value)) + error
        bound += magnitude * (errors[place] + shares[place] * (mean + sums)) + shares[place] * error
        farthest = max(farthest, magnitude)
      }
      let limit = 2 * farthest * (1 + sums)
      return Float(mean < 1 ? min(bound / (1 - mean), limit) : limit) + .leastNormalMagnitude
    }
  }

  private func scoreErrorsForFloat16Inputs(
    _ query: [Float], _ offsets: [Int], _ cache: ReferenceCache
  ) -> [Double] {
    let leastNormal = query.reduce(Float(0)) { max($0, abs($1)) }.leastNormalWhereLargest
    let queryErrors = query.map { Double($0.float16Error(leastNormal: leastNormal)) }
    let unit = Double(unitRoundoff)
    return offsets.map { offset in
      var (rounding, magnitude) = (0.0, 0.0)
      for (i, queryError) in queryErrors.enumerated() {
        let key = cache.keys[offset + i]
        let keyError = Double(key.float16Error(leastNormal: 0x1p-14))
        let (a, b) = (Double(abs(query[i])), Double(abs(key)))
        rounding += a * keyError + b * queryError + queryError * keyError
        magnitude += (a + queryError) * (b + keyError)
      }
      let sum = rounding + magnitude * Double(2 * (headDimension + 4)) * unit
      return Double(abs(scale)) * sum + 14 * Double(softCap ?? 0) * unit
    }
  }
}
