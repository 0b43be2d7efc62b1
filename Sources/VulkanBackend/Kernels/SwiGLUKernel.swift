import CKernelParams
import GPU
package import Ops

/// `swiglu.comp`.
package struct SwiGLUKernel: Kernel {
  package let file = "swiglu"
  package let operation: any Operation.Type = SwiGLU.self

  package func launches(for request: LaunchRequest, tuning: Tuning) -> [Launch]? {
    let columns = request.output.columns
    let params = ColumnsParams(columns: UInt32(columns))
    return [
      request.elementwise(
        file, itemsPerRow: columns, pushConstants: pushConstants(params), bindings: [.input(0), .output])
    ]
  }
}
