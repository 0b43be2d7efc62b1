import CKernelParams
import GPU
package import Ops

/// `add.comp`.
package struct AddKernel: Kernel {
  package let file = "add"
  package let operation: any Operation.Type = Add.self

  package func tunings(for request: LaunchRequest) -> [Tuning] { request.elementwiseTunings }
  package func tuning(for request: LaunchRequest) -> Tuning { request.elementwiseTuning }

  package func launches(for request: LaunchRequest, tuning: Tuning) -> [Launch]? {
    let columns = request.output.columns
    let params = ColumnsParams(columns: UInt32(columns))
    return [
      request.elementwise(
        file, itemsPerRow: columns.dividedRoundingUp(by: 4), tuning: tuning, pushConstants: pushConstants(params),
        bindings: [.input(0), .input(1), .output])
    ]
  }
}
