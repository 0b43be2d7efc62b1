package import Ops
import ShaderCompiler
package import Tensors
import VulkanBackend

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

  /// Files of the kernels that a plan takes for it with matrices in `format`.
  ///
  /// - Throws: `GPUError` where none serves it on this device.
  func plannedKernels(_ format: BlockFormat, on backend: VulkanBackend) throws -> Set<String> {
    let planner = Planner(
      program: program, limits: limits, profile: backend.profile, weightSegments: weightSegments(format),
      availableVariants: backend.usableVariants)
    return Set(
      try planner.launches(tokenCount: limits.tokenCount).compactMap { backend.pack[variant: $0.launch.variant]?.file })
  }
}
