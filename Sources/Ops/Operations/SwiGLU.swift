import Foundation
public import Tensors

/// silu(gate) · up. Input: gate|up joined by columns [rows, 2 · width]. Result: [rows, width].
public struct SwiGLU: Operation {
  public static let name = "swiglu"
  public init() {}

  public func outputShape(_ inputs: [ProgramTensor]) throws(ProgramError) -> (rows: RowCount, columns: Int) {
    try inputs.expect(1, for: self)
    guard inputs[0].columns.isMultiple(of: 2) else {
      throw ProgramError("\(self): \(inputs[0].columns) columns are odd")
    }
    return (inputs[0].rows, inputs[0].columns / 2)
  }

  public func cost(_ inputs: [(tensor: ProgramTensor, format: BlockFormat)], size: StepSize) -> Cost {
    let count = size.rows(inputs[0].tensor.rows) * inputs[0].tensor.columns / 2
    return Cost(floatOperations: 5 * count, byteCount: 12 * count)
  }

  public func evaluate(_ call: inout ReferenceCall) throws(ProgramError) {
    let joined = try call.matrix(0)
    let width = joined.columns / 2
    for row in 0..<joined.rows {
      let values = Array(joined.row(row))
      call.output.replace(
        row: row,
        with: (0..<width).map { Float(Double(values[$0]) / (1 + exp(-Double(values[$0])))) * values[width + $0] })
    }
  }

  /// Vulkan allows exp(x) an error of 3 + 2·|x| units in the last place; division and products add a few more.
  public func errorBound(_ call: ReferenceCall) throws(ProgramError) -> [Float] {
    let joined = try call.matrix(0)
    return (0..<joined.rows).flatMap { row in
      (0..<call.output.columns).map { i in
        let gate = abs(joined.values[row * joined.columns + i])
        let up = abs(joined.values[row * joined.columns + call.output.columns + i])
        let roundings = 2 * (3 + 2 * min(gate, 90)) + 8
        // Where exp(-gate) overflows a kernel gives 0; the definition is below 2^-120 · gate there.
        return abs(call.output.values[row * call.output.columns + i]) * roundings * unitRoundoff + gate * up * 0x1p-120
          + .leastNormalMagnitude
      }
    }
  }

  public static var cases: [OperationCase] {
    [(1, 64, OperationCase.Spread.normal), (5, 37, .normal), (33, 300, .normal), (3, 100, .large), (3, 100, .small)].map
    {
      tokens, width, spread in
      .oneStep("\(tokens)×\(width) \(spread)", tokens: tokens, spread: spread) { program throws(ProgramError) in
        let joined = program.input("gate|up", rows: .tokens, columns: 2 * width)
        return try program.append(SwiGLU(), [joined], name: "activated")
      }
    }
  }
}
