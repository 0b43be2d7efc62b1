package import Ops
import Tensors

/// Programs whose steps kernels fuse, as they stand in decoders: with few rows one dispatch computes each.
package enum FusionCases {
  package enum Tail: String, CaseIterable, Sendable { case none, add, swiglu, rotaryStore = "rotary_store" }

  /// With one row and with a few; the last as before logits.
  package static var all: [OperationCase] {
    get throws(ProgramError) {
      var cases: [OperationCase] = []
      for tail in Tail.allCases {
        for tokens in [1, 3] {
          let program = try program(norm: tail != .add, tail: tail)
          let name = program.steps.map { type(of: $0.operation).name }.joined(separator: " → ")
          cases.append(
            OperationCase(
              "\(tokens) × \(name)", program, tokens: tokens, start: 70, outputRows: [0],
              keyValueFormat: tokens == 1 ? .f16 : .f32))
        }
      }
      for (tokens, outputs) in [(1, [0]), (5, [4, 1, 2])] {
        cases.append(
          OperationCase(
            "\(outputs.count) of \(tokens) × rms_norm → linear",
            try program(norm: true, tail: .none, rows: .outputs), tokens: tokens, start: 70, outputRows: outputs))
      }
      return cases
    }
  }

  /// norm? → linear → tail. Columns are whole blocks of every format; rows are no multiple of what a workgroup makes.
  package static func program(
    norm: Bool, tail: Tail, rows rowCount: RowCount = .tokens
  ) throws(ProgramError) -> Program {
    let (heads, keyValueHeads, headDimension) = (4, 2, 32)
    let columns = 512
    let rows = tail == .rotaryStore ? (heads + 2 * keyValueHeads) * headDimension : 150
    var program = Program()
    var x = program.input("x", rows: rowCount, columns: columns)
    let matrix = program.weight(["matrix"], rows: rows, columns: columns)
    if norm {
      let weight = program.weight(["norm"], rows: 1, columns: columns)
      x = try program.append(RMSNorm(epsilon: 1e-5), [x, weight], name: "normalised")
    }
    let product = try program.append(Linear(), [x, matrix], name: "product")
    switch tail {
    case .none: program.keep(product)
    case .add:
      let residual = program.input("residual", rows: .tokens, columns: rows)
      program.keep(try program.append(Add(), [residual, product], name: "sum"))
    case .swiglu: program.keep(try program.append(SwiGLU(), [product], name: "activated"))
    case .rotaryStore:
      let table = program.rotaryTable(RotaryFrequencies(base: 10000, dimension: headDimension, scaling: .none))
      let cache = program.keyValueCache(layer: 0, heads: keyValueHeads, headDimension: headDimension)
      let store = RotaryStore(heads: heads, keyValueHeads: keyValueHeads, headDimension: headDimension)
      program.keep(try program.append(store, [product, table, cache], name: "q"))
      program.keep(cache)
    }
    return program
  }
}
