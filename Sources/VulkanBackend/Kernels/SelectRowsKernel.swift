import CKernelParams
import GPU
package import Ops

/// `select_rows.comp`.
package struct SelectRowsKernel: Kernel {
  package let file = "select_rows"
  package let operation: any Operation.Type = SelectRows.self

  package func tunings(for request: LaunchRequest) -> [Tuning] { request.elementwiseTunings }
  package func tuning(for request: LaunchRequest) -> Tuning { request.elementwiseTuning }

  package func launches(for request: LaunchRequest, tuning: Tuning) -> [Launch]? {
    let columns = request.output.columns
    let params = ColumnsParams(columns: UInt32(columns))
    return [
      request.elementwise(
        file, itemsPerRow: activationRowStride(columns: columns) / 4, tuning: tuning,
        pushConstants: pushConstants(params),
        bindings: [.input(0), .output])
    ]
  }
}
