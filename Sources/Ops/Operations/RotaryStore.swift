public import Tensors

/// Rotates queries and keys by position (rotate-half) and writes keys and values to their pages.
///
/// Inputs: q|k|v joined by columns [tokens, (heads + 2 · keyValueHeads) · headDimension], rotary table, cache.
/// Result: rotated queries [tokens, heads · headDimension].
public struct RotaryStore: Operation {
  public static let name = "rotary_store"
  public let heads: Int
  public let keyValueHeads: Int
  public let headDimension: Int

  public init(heads: Int, keyValueHeads: Int, headDimension: Int) {
    self.heads = heads
    self.keyValueHeads = keyValueHeads
    self.headDimension = headDimension
  }

  public var updatesCache: Bool { true }
  public var description: String { "rotary_store[heads: \(heads)/\(keyValueHeads)×\(headDimension)]" }

  public func outputShape(_ inputs: [ProgramTensor]) throws(ProgramError) -> (rows: RowCount, columns: Int) {
    try inputs.expect(3, for: self)
    guard headDimension > 0, headDimension.isMultiple(of: 2) else {
      throw ProgramError("\(self): the head dimension must be even")
    }
    guard inputs[0].columns == (heads + 2 * keyValueHeads) * headDimension, inputs[1].columns == headDimension,
      inputs[2].columns == keyValueHeads * headDimension, inputs[2].isKeyValueCache
    else { throw ProgramError("\(self): does not fit inputs of \(inputs.map(\.columns)) columns") }
    return (inputs[0].rows, heads * headDimension)
  }

  public func cost(_ inputs: [(tensor: ProgramTensor, format: BlockFormat)], size: StepSize) -> Cost {
    let stored = inputs[2].tensor.cachedByteCount(inputs[2].format)
    let perToken = 4 * (inputs[0].tensor.columns + headDimension + heads * headDimension) + stored
    return Cost(floatOperations: 3 * size.tokens * inputs[0].tensor.columns, byteCount: size.tokens * perToken)
  }

  public func evaluate(_ call: inout ReferenceCall) throws(ProgramError) {
    let joined = try call.matrix(0)
    let table = try call.matrix(1)
    var cache = try call.cache(2)
    for (row, position) in call.step.positions.enumerated() {
      let angles = Array(table.row(Int(position)))
      let values = Array(joined.row(row))
      let queries = (0..<heads).flatMap { rotated(values, start: $0 * headDimension, angles) }
      call.output.replace(row: row, with: queries)
      let (page, slot) = call.slot(row: row, position: Int(position))
      for head in 0..<keyValueHeads {
        let keyStart = (heads + head) * headDimension
        let key = rotated(values, start: keyStart, angles)
        let valueStart = keyStart + keyValueHeads * headDimension
        cache.store(
          key: key, value: values[valueStart..<(valueStart + headDimension)],
          at: cache.offset(page: page, head: head, slot: slot))
      }
    }
    call.inputs[2] = .cache(cache)
  }

  private func rotated(_ values: [Float], start: Int, _ angles: [Float]) -> [Float] {
    let half = headDimension / 2
    return (0..<headDimension).map { i in
      let pair = i % half
      let first = values[start + pair]
      let second = values[start + half + pair]
      return i < half
        ? first * angles[pair] - second * angles[half + pair] : second * angles[pair] + first * angles[half + pair]
    }
  }

  public func errorBound(_ call: ReferenceCall) throws(ProgramError) -> [Float] {
    let joined = try call.matrix(0)
    return (0..<joined.rows).flatMap { row in
      [Float](repeating: rotationError(joined.row(row)), count: call.output.columns)
    }
  }

  /// Two products and a sum, each rounded once, of numbers no larger than the row's largest.
  private func rotationError(_ row: ArraySlice<Float>) -> Float {
    4 * row.reduce(Float(0)) { max($0, abs($1)) } * unitRoundoff
  }

  /// What no row writes stays; values are rounded once, keys are rotated before.
  public func cacheErrorBound(_ call: ReferenceCall) throws(ProgramError) -> [Float] {
    let joined = try call.matrix(0)
    let table = try call.matrix(1)
    let cache = try call.cache(2)
    let layout = CacheLayout(headDimension: headDimension, format: cache.format)
    var bounds = [Float](repeating: 0, count: cache.keys.count + cache.values.count)
    for (row, position) in call.step.positions.enumerated() {
      let values = Array(joined.row(row))
      let (page, slot) = call.slot(row: row, position: Int(position))
      for head in 0..<keyValueHeads {
        let keyStart = (heads + head) * headDimension
        let valueStart = keyStart + keyValueHeads * headDimension
        let key = rotated(values, start: keyStart, Array(table.row(Int(position))))
        let value = Array(values[valueStart..<(valueStart + headDimension)])
        let keyBounds = layout.errorBound(key, inputError: rotationError(joined.row(row)))
        let valueBounds = layout.errorBound(value, inputError: 0)
        let offset = cache.offset(page: page, head: head, slot: slot)
        for i in 0..<headDimension {
          bounds[offset + i] = keyBounds[i]
          bounds[cache.keys.count + offset + i] = valueBounds[i]
        }
      }
    }
    return bounds
  }

  public static var cases: [OperationCase] {
    var cases: [OperationCase] = []
    for (heads, keyValueHeads, headDimension) in [(4, 2, 32), (2, 2, 20), (3, 1, 80), (1, 1, 6), (8, 2, 128)] {
      for (tokens, start, sequences, spread) in [
        (1, 0, 1, OperationCase.Spread.normal), (1, 100, 1, .normal), (9, 60, 1, .normal), (5, 130, 2, .normal),
        (3, 7, 1, .broken),
      ] {
        let company = (sequences > 1 ? " of \(sequences) sequences" : "") + (spread == .normal ? "" : " \(spread)")
        for format in CacheLayout.formats
        where CacheLayout(headDimension: headDimension, format: format).isStorable {
          cases.append(
            .oneStep(
              "\(heads)/\(keyValueHeads)×\(headDimension), \(tokens)\(company) at \(start), \(format)", tokens: tokens,
              start: start, sequences: sequences, keyValueFormat: format, spread: spread
            ) { program throws(ProgramError) in
              let joined = program.input(
                "qkv", rows: .tokens, columns: (heads + 2 * keyValueHeads) * headDimension)
              let table = program.rotaryTable(
                RotaryFrequencies(base: 10000, dimension: headDimension, scaling: .none))
              let cache = program.keyValueCache(layer: 0, heads: keyValueHeads, headDimension: headDimension)
              program.keep(cache)
              return try program.append(
                RotaryStore(heads: heads, keyValueHeads: keyValueHeads, headDimension: headDimension),
                [joined, table, cache], name: "q")
            })
        }
      }
    }
    return cases
  }
}
