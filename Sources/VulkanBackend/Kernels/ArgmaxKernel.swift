import CKernelParams
import GPU
package import Ops

/// `argmax.comp`: a workgroup per output, of one subgroup on CPU drivers.
package struct ArgmaxKernel: Kernel {
  package let file = "argmax"
  package let operation: any Operation.Type = Argmax.self

  package func tunings(for request: LaunchRequest) -> [Tuning] { RMSNormKernel().tunings(for: request) }

  package func tuning(for request: LaunchRequest) -> Tuning {
    ["SUBGROUPS": request.subgroupsPerRow(itemsPerRow: request.inputs[0].columns)]
  }

  package func launches(for request: LaunchRequest, tuning: Tuning) -> [Launch]? {
    let params = ColumnsParams(columns: UInt32(request.inputs[0].columns))
    return [
      Launch(
        variant: file, workgroupSize: request.profile.subgroupSize * tuning["SUBGROUPS"],
        constants: request.stepConstants.merging(tuning.constants) { $1 }, usesSubgroups: true,
        pushConstants: pushConstants(params), bindings: [.input(0), .output], groups: (request.rows, 1))
    ]
  }
}
