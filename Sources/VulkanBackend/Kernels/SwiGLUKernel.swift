import CKernelParams
import GPU
package import Ops

/// `swiglu.comp`.
package struct SwiGLUKernel: Kernel {
  package let file = "swiglu"
  package let operation: any Operation.Type = SwiGLU.self

  package func tunings(for request: LaunchRequest) -> [Tuning] { request.elementwiseTunings }
  package func tuning(for request: LaunchRequest) -> Tuning { request.elementwiseTuning }

  package func launches(for request: LaunchRequest, tuning: Tuning) -> [Launch]? {
    let columns = request.output.columns
    let params = ColumnsParams(columns: UInt32(columns))
    return [
      request.elementwise(
        file, itemsPerRow: columns, tuning: tuning, pushConstants: pushConstants(params),
        bindings: [.input(0), .output])
    ]
  }
}
