import Ops
import Tensors

/// The tensors that a folder or a file holds, to be proved against what an architecture expects.
struct CheckpointTensors {
  let tensors: [StoredTensor]
  /// The element types of tensors that no kernel takes, by name.
  let unreadable: [String: String]
  /// The element types that can be read, for errors.
  let readableTypes: String
  /// What says how large tensors are, for errors.
  let authority: String

  /// Names that `architecture` does not read, sorted.
  func unusedNames(by architecture: any Architecture) -> [String] {
    let used = Set(architecture.tensorShapes.map(\.name))
    return (tensors.map(\.name) + unreadable.keys).filter { !used.contains($0) }.sorted()
  }

  /// The weights of the architecture's program, each proved to be there, readable and of its shape.
  ///
  /// - Throws: `ModelError` that names the tensor at fault.
  func weights(for architecture: any Architecture, matrixFormat: BlockFormat?) throws(ModelError) -> Weights {
    try check(against: architecture)
    do {
      let orders = Dictionary(architecture.tensorShapes.map { ($0.name, $0.rowOrder) }) { first, _ in first }
      let ordered = try tensors.map { tensor throws(TensorError) in
        try tensor.reading(orders[tensor.name] ?? .asStored)
      }
      let weights = Weights(ordered, matrixFormat: matrixFormat)
      for tensor in try architecture.program().tensors where tensor.weightNames != nil {
        _ = try weights.weight(for: tensor)
      }
      return weights
    } catch let error as TensorError {
      throw ModelError(error)
    } catch {
      throw ModelError("\(error)")
    }
  }

  /// Joined parts are seen one by one.
  private func check(against architecture: any Architecture) throws(ModelError) {
    let stored = Dictionary(tensors.map { ($0.name, $0.spec) }) { first, _ in first }
    for shape in architecture.tensorShapes {
      guard let spec = stored[shape.name] else {
        if let type = unreadable[shape.name] {
          throw ModelError("tensor \(shape.name) is stored as \(type); \(readableTypes) can be read")
        }
        throw ModelError("the checkpoint has no tensor \(shape.name)")
      }
      let expected = shape.rows == 1 ? [shape.columns] : [shape.rows, shape.columns]
      guard spec.shape == expected || spec.shape == [shape.rows, shape.columns] else {
        throw ModelError("tensor \(shape.name) is \(spec.shape); \(authority) says \(expected)")
      }
    }
  }
}
