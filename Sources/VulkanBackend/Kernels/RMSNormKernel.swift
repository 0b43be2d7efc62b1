import CKernelParams
import GPU
package import Ops
import Tensors

/// `rms_norm.comp`: a workgroup per row, of one subgroup on CPU drivers.
package struct RMSNormKernel: Kernel {
  package let file = "rms_norm"
  package let operation: any Operation.Type = RMSNorm.self

  package func tunings(for request: LaunchRequest) -> [Tuning] {
    [1, 2, 4, 8].filter { $0 * request.profile.subgroupSize <= request.profile.workgroupSize }.map {
      ["SUBGROUPS": $0]
    }
  }

  package func tuning(for request: LaunchRequest) -> Tuning {
    ["SUBGROUPS": request.subgroupsPerRow(itemsPerRow: request.output.columns / 4)]
  }

  package func launches(for request: LaunchRequest, tuning: Tuning) -> [Launch]? {
    guard let operation = request.operation as? RMSNorm, request.formats[1] == .f32 else { return nil }
    let params = RMSNormParams(columns: UInt32(request.output.columns), epsilon: operation.epsilon)
    return [
      Launch(
        variant: file, workgroupSize: request.profile.subgroupSize * tuning["SUBGROUPS"],
        constants: request.stepConstants.merging(tuning.constants) { $1 }, usesSubgroups: true,
        pushConstants: pushConstants(params), bindings: [.input(0), .plane(input: 1, chunk: 0, plane: 0), .output],
        groups: (request.rows, 1))
    ]
  }
}

extension LaunchRequest {
  /// Subgroups for a workgroup that strides over a row: one on CPU drivers, where barriers are dear.
  func subgroupsPerRow(itemsPerRow: Int) -> Int {
    if profile.isCPU { return 1 }
    var subgroups = 1
    while subgroups < 8, subgroups * profile.subgroupSize < itemsPerRow,
      2 * subgroups * profile.subgroupSize <= profile.workgroupSize
    { subgroups *= 2 }
    return subgroups
  }
}
