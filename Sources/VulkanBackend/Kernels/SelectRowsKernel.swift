import CKernelParams
import GPU
package import Ops

/// `select_rows.comp`.
package struct SelectRowsKernel: Kernel {
  package let file = "select_rows"
  package let operation: any Operation.Type = SelectRows.self

  package func launches(for request: LaunchRequest, tuning: Tuning) -> [Launch]? {
    let columns = request.output.columns
    let params = ColumnsParams(columns: UInt32(columns))
    return [
      request.elementwise(
        file, itemsPerRow: activationRowStride(columns: columns) / 4, pushConstants: pushConstants(params),
        bindings: [.input(0), .output])
    ]
  }
}
