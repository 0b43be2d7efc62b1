public import Tensors

/// y = x · weightᵀ. Inputs: x [rows, k], weight [n, k]. Result: [rows, n].
public struct Linear: Operation {
  public static let name = "linear"
  public init() {}

  public func outputShape(_ inputs: [ProgramTensor]) throws(ProgramError) -> (rows: RowCount, columns: Int) {
    try inputs.expect(2, for: self)
    guard inputs[1].columns == inputs[0].columns, case .fixed(let outputs) = inputs[1].rows else {
      throw ProgramError(
        "\(self): \(inputs[0].columns) columns with the weight \(inputs[1].name) of \(inputs[1].columns)")
    }
    return (inputs[0].rows, outputs)
  }

  public func cost(_ inputs: [(tensor: ProgramTensor, format: BlockFormat)], size: StepSize) -> Cost {
    let rows = size.rows(inputs[0].tensor.rows)
    let n = size.rows(inputs[1].tensor.rows)
    let k = inputs[1].tensor.columns
    return Cost(
      floatOperations: 2 * rows * n * k, byteCount: n * inputs[1].format.rowByteCount(k) + 4 * rows * (n + k))
  }

  public func evaluate(_ call: inout ReferenceCall) throws(ProgramError) {
    let x = try call.matrix(0)
    let weight = try call.weight(1)
    let columns = concurrentMap(weight.rowCount) { n -> [Float] in
      guard let weights = try? weight.decoded(row: n) else { return [] }
      return (0..<x.rows).map { row in
        Float(zip(x.row(row), weights).reduce(0.0) { $0 + Double($1.0) * Double($1.1) })
      }
    }
    for (n, column) in columns.enumerated() {
      guard column.count == x.rows else { throw ProgramError("row \(n) of a weight cannot be read") }
      for (row, value) in column.enumerated() { call.output.values[row * weight.rowCount + n] = value }
    }
  }

  /// k roundings of the sum of absolute products (Higham, Accuracy and Stability, §3.1), two more for a block's scale.
  ///
  /// Where a format's values are differences, kernels add up both terms by themselves, so that both count.
  public func errorBound(_ call: ReferenceCall) throws(ProgramError) -> [Float] {
    let x = try call.matrix(0)
    let weight = try call.weight(1)
    let factor = Float(weight.columnCount + 4) * unitRoundoff
    var bounds = [Float](repeating: 0, count: x.rows * weight.rowCount)
    for n in 0..<weight.rowCount {
      let weights = try weight.magnitudes(row: n)
      for row in 0..<x.rows {
        let magnitude = zip(x.row(row), weights).reduce(Float(0)) { $0 + abs($1.0 * $1.1) }
        bounds[row * weight.rowCount + n] = magnitude * factor + .leastNormalMagnitude
      }
    }
    return bounds
  }

  /// Each input may be off by its `float16Error`; rows of x are scaled so that their largest value lies between 2^14 and 2^15.
  /// The sums have k roundings, twice as large where matrix units truncate.
  public func errorBoundForFloat16Inputs(_ call: ReferenceCall) throws(ProgramError) -> [Float] {
    let x = try call.matrix(0)
    let weight = try call.weight(1)
    let factor = Float(2 * (weight.columnCount + 4)) * unitRoundoff
    var bounds = [Float](repeating: 0, count: x.rows * weight.rowCount)
    let xErrors = (0..<x.rows).map { row in
      let leastNormal = x.row(row).reduce(Float(0)) { max($0, abs($1)) }.leastNormalWhereLargest
      return x.row(row).map { $0.float16Error(leastNormal: leastNormal) }
    }
    for n in 0..<weight.rowCount {
      let weights = try weight.decoded(row: n)
      let errors = weights.map { $0.float16Error(leastNormal: 0x1p-14) }
      for row in 0..<x.rows {
        var rounding = Float(0)
        var magnitude = Float(0)
        for (column, value) in x.row(row).enumerated() {
          let (a, b) = (abs(value), abs(weights[column]))
          let (aError, bError) = (xErrors[row][column], errors[column])
          rounding += a * bError + b * aError + aError * bError
          magnitude += (a + aError) * (b + bError)
        }
        bounds[row * weight.rowCount + n] = rounding + magnitude * factor + .leastNormalMagnitude
      }
    }
    return bounds
  }

  public static var cases: [OperationCase] {
    var cases: [OperationCase] = []
    for (tokens, n, k) in [
      (1, 64, 64), (1, 2, 32), (1, 129, 96), (1, 67, 60), (1, 40, 2050), (4, 64, 128), (5, 65, 100), (17, 96, 256),
      (19, 37, 100), (33, 130, 32), (64, 256, 64), (1, 45, 768), (6, 67, 256), (20, 33, 768), (1, 9, 2048),
    ] {
      let spreads: [OperationCase.Spread] =
        [96, 100, 768].contains(k) ? OperationCase.finiteSpreads + [.wide] : [.normal]
      for spread in spreads {
        cases.append(
          .oneStep("\(tokens)×\(n)×\(k) \(spread)", tokens: tokens, spread: spread) { program throws(ProgramError) in
            try append(.tokens, n, k, to: &program)
          })
      }
    }
    for (tokens, outputs, n, k) in [(9, [8, 3, 5], 67, 160), (40, (0..<17).map { 39 - 2 * $0 }, 37, 256)] {
      cases.append(
        .oneStep("\(outputs.count) of \(tokens)×\(n)×\(k)", tokens: tokens, outputRows: outputs) {
          program throws(ProgramError) in try append(.outputs, n, k, to: &program)
        })
    }
    return cases
  }

  /// `rows` of `k` columns times a matrix of `n` rows.
  private static func append(
    _ rows: RowCount, _ n: Int, _ k: Int, to program: inout Program
  ) throws(ProgramError) -> TensorID {
    let x = program.input("x", rows: rows, columns: k)
    let weight = program.weight(["weight"], rows: n, columns: k)
    return try program.append(Linear(), [x, weight], name: "y")
  }
}
