package import Ops
package import Tensors

extension OperationCase {
  /// What the case runs with: each format that its matrices can have, else the storage of its cache, else float32.
  package var formats: [BlockFormat] {
    if hasMatrixWeight { return BlockFormat.all.filter(suits) }
    return [program.tensors.contains(where: \.isKeyValueCache) ? limits.keyValueFormat : .f32]
  }

  /// The format of each weight where matrices have `format`; vectors are float32.
  package func weightFormats(_ format: BlockFormat) -> [TensorID: BlockFormat] {
    var formats: [TensorID: BlockFormat] = [:]
    for (index, tensor) in program.tensors.enumerated() where tensor.weightNames != nil {
      formats[TensorID(index)] = tensor.rows == .fixed(1) ? .f32 : format
    }
    return formats
  }
}
