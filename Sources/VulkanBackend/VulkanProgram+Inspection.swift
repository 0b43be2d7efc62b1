import GPU
package import Ops

/// What checks look at besides results.
extension VulkanProgram {
  /// The dispatches of a step of up to `tokenCount` tokens.
  package nonisolated func launches(tokenCount: Int) throws -> [Launch] {
    try planner.launches(tokenCount: planner.bucket(for: tokenCount)).map(\.launch)
  }

  /// The files of the kernels that round products in steps of prompts.
  package nonisolated var promptKernels: [String] {
    let launches = try? planner.launches(tokenCount: limits.tokenCount, isPrompt: true)
    let files = Set((launches ?? []).map(\.launch.kernelFile))
    return KernelCatalogue.all.filter { $0.numerics != .float32 && files.contains($0.file) }.map(\.file)
  }

  /// Every row that memory is planned for, also those that the last step did not have.
  package func plannedRows(of id: TensorID) throws -> [Float] {
    guard let slice = tensors.matrices[id] else { return [] }
    return ActivationRows(columns: program[id].columns).values(
      try backend.device.read(slice), rows: planner.rowCount(program[id].rows, tokenCount: limits.tokenCount))
  }

  /// Tokens and positions of the first rows, as the last step left them to the next.
  package func stepState(rowCount: Int) throws -> (tokens: [Int32], positions: [Int32]) {
    layout.state(try backend.device.read(tensors.step), rowCount: rowCount)
  }
}
