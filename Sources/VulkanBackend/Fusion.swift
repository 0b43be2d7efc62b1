package import Ops

/// What a matrix product is computed together with, in one dispatch.
package struct Fusion: Sendable {
  /// Of the rows that are multiplied; its weight is the request's input 2.
  package var norm: RMSNorm?
  /// What is done with the product: `Add`, `SwiGLU` or `RotaryStore`; its other inputs are the request's last.
  package var tail: (any Operation)?

  package init(norm: RMSNorm? = nil, tail: (any Operation)? = nil) {
    self.norm = norm
    self.tail = tail
  }

  package var isNone: Bool { norm == nil && tail == nil }
}

/// Steps of a program that are launched as one; mostly one.
package struct PlannedStep: Sendable {
  package let indices: Range<Int>
  /// What the bindings of a launch count: of a matrix product the rows and the weight, then what its fusion adds.
  package let inputs: [TensorID]
  package let output: TensorID
  package let fusion: Fusion
  /// Index of the step that kernels are chosen for.
  package let main: Int
}

extension Program {
  /// How often each tensor is read; results once more.
  var readCounts: [Int] {
    var counts = [Int](repeating: 0, count: tensors.count)
    for id in steps.flatMap(\.inputs) + results { counts[id.index] += 1 }
    return counts
  }

  /// The step at `index` by itself.
  func planned(at index: Int) -> PlannedStep {
    PlannedStep(
      indices: index..<(index + 1), inputs: steps[index].inputs, output: steps[index].outputs[0], fusion: Fusion(),
      main: index)
  }

  /// The ways to fuse the steps from `index` on, the one that takes most of them first.
  package func fusions(at index: Int, readCounts: [Int]) -> [PlannedStep] {
    let norm = steps[index].operation as? RMSNorm
    let main = norm == nil ? index : index + 1
    guard main < steps.count, steps[main].operation is Linear else { return [] }
    let product = steps[main]
    var inputs = product.inputs
    if norm != nil {
      let normalised = steps[index].outputs[0]
      guard inputs[0] == normalised, readCounts[normalised.index] == 1 else { return [] }
      inputs[0] = steps[index].inputs[0]
      inputs.append(steps[index].inputs[1])
    }
    var ways: [PlannedStep] = []
    let output = product.outputs[0]
    if main + 1 < steps.count, readCounts[output.index] == 1 {
      let tail = steps[main + 1]
      let others = tail.inputs.filter { $0 != output }
      if others.count < tail.inputs.count, Self.isTail(tail.operation) {
        ways.append(
          PlannedStep(
            indices: index..<(main + 2), inputs: inputs + others, output: tail.outputs[0],
            fusion: Fusion(norm: norm, tail: tail.operation), main: main))
      }
    }
    if norm != nil {
      ways.append(
        PlannedStep(
          indices: index..<(main + 1), inputs: inputs, output: output, fusion: Fusion(norm: norm), main: main))
    }
    return ways
  }

  package func fusions(at index: Int) -> [PlannedStep] { fusions(at: index, readCounts: readCounts) }

  private static func isTail(_ operation: any Operation) -> Bool {
    operation is Add || operation is SwiGLU || operation is RotaryStore
  }
}
