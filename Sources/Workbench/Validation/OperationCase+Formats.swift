package import Ops
package import Tensors

extension OperationCase {
  /// What the case runs with: each format that its matrices can have, else the storage of its cache, else float32.
  package var formats: [BlockFormat] {
    if hasMatrixWeight { return BlockFormat.all.filter(suits) }
    return [program.tensors.contains(where: \.isKeyValueCache) ? limits.keyValueFormat : .f32]
  }

  /// How each weight is stored where matrices have `format`; vectors are float32.
  package func weightSegments(_ format: BlockFormat) -> [TensorID: [WeightRows]] {
    var segments: [TensorID: [WeightRows]] = [:]
    for (index, tensor) in program.tensors.enumerated() where tensor.weightNames != nil {
      guard case .fixed(let rows) = tensor.rows else { continue }
      segments[TensorID(index)] = [WeightRows(0..<rows, rows == 1 ? .f32 : format)]
    }
    return segments
  }
}
