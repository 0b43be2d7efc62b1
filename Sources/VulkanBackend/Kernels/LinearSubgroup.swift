import CKernelParams
import GPU
package import Ops
import Tensors

/// `linear_subgroup.comp`: for GPUs, one row or many.
package struct LinearSubgroup: Kernel {
  package let file = "linear_subgroup"
  package let operation: any Operation.Type = Linear.self
  package let canFuse = true
  private let subgroupsPerWorkgroup = 4
  /// Rows up to which a norm in each workgroup costs less than a dispatch.
  private let mostFusedRows = 8

  package func suits(_ profile: DeviceProfile) -> Bool { !profile.isCPU }

  package func tunings(for request: LaunchRequest) -> [Tuning] {
    request.rows == 1
      ? [1, 2, 4].map { ["ROWS": $0, "TOKENS": 1] }
      : [(1, 4), (2, 4), (4, 4), (2, 8), (4, 8)].map { ["ROWS": $0.0, "TOKENS": $0.1] }
  }

  package func tuning(for request: LaunchRequest) -> Tuning {
    // A lane holds one group of activations per token in registers, of wide groups those of fewer tokens.
    ["ROWS": 2, "TOKENS": request.rows == 1 ? 1 : request.rows <= 4 || request.formats[1].groupLength > 16 ? 4 : 8]
  }

  package func launches(for request: LaunchRequest, tuning: Tuning) -> [Launch]? {
    let workgroupSize = subgroupsPerWorkgroup * request.profile.subgroupSize
    guard workgroupSize <= request.profile.workgroupSize else { return nil }
    var tuning = tuning
    if !request.fusion.isNone {
      guard request.rows <= mostFusedRows else { return nil }
      // Two neighbours and their partners are of one subgroup.
      if !(request.fusion.tail is Add?) { tuning.constants["ROWS"] = 4 }
    }
    return request.linear(
      file, rowsPerWorkgroup: subgroupsPerWorkgroup * tuning["ROWS"], tokensPerWorkgroup: tuning["TOKENS"],
      workgroupSize: workgroupSize, tuning: tuning, tail: true)
  }
}
