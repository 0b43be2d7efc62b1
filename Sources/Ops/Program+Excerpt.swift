package import Tensors

extension Program {
  /// The program of step `index` alone: what other steps write comes with its inputs, what it writes is kept.
  ///
  /// - Throws: `ProgramError` where the step does not take its own inputs.
  package func excerpt(step index: Int) throws(ProgramError) -> Program {
    let step = steps[index]
    var excerpt = Program()
    var inputs: [TensorID] = []
    for id in step.inputs {
      let tensor = self[id]
      switch tensor.kind {
      case .activation: inputs.append(excerpt.input(tensor.name, rows: tensor.rows, columns: tensor.columns))
      case .rotaryTable(let frequencies): inputs.append(excerpt.rotaryTable(frequencies))
      case .keyValueCache(let layer, let heads, let headDimension):
        let cache = excerpt.keyValueCache(layer: layer, heads: heads, headDimension: headDimension)
        if step.operation.updatesCache { excerpt.keep(cache) }
        inputs.append(cache)
      case .weight(let names):
        guard case .fixed(let rows) = tensor.rows else { throw ProgramError("\(tensor.name) has no fixed rows") }
        inputs.append(excerpt.weight(names, rows: rows, columns: tensor.columns))
      }
    }
    excerpt.keep(try excerpt.append(step.operation, inputs, name: self[step.outputs[0]].name))
    return excerpt
  }

  /// One step for each kind of work, with how many steps are of that kind: same operation, shapes and storage.
  ///
  /// - Parameter storage: that of a weight.
  package func kindsOfSteps(storage: (TensorID) -> [WeightRows]?) -> [(step: Int, count: Int)] {
    struct Kind: Hashable {
      let operation: AnyHashable
      let inputs: [[AnyHashable]]
    }
    var kinds: [Kind: Int] = [:]
    var result: [(step: Int, count: Int)] = []
    for (index, step) in steps.enumerated() {
      let inputs: [[AnyHashable]] = step.inputs.map { [self[$0].rows, self[$0].columns, storage($0)] }
      let kind = Kind(operation: AnyHashable(step.operation), inputs: inputs)
      if let known = kinds[kind] {
        result[known].count += 1
      } else {
        kinds[kind] = result.count
        result.append((index, 1))
      }
    }
    return result
  }
}
