import CKernelParams
import GPU
package import Ops

/// `rotary_store.comp`.
package struct RotaryStoreKernel: Kernel {
  package let file = "rotary_store"
  package let operation: any Operation.Type = RotaryStore.self

  package func tunings(for request: LaunchRequest) -> [Tuning] { request.elementwiseTunings }
  package func tuning(for request: LaunchRequest) -> Tuning { request.elementwiseTuning }

  package func launches(for request: LaunchRequest, tuning: Tuning) -> [Launch]? {
    guard let operation = request.operation as? RotaryStore,
      let layout = request.inputs[2].cacheLayout(request.formats[2]), layout.isStorable
    else { return nil }
    let params = RotaryStoreParams(
      heads: UInt32(operation.heads), key_value_heads: UInt32(operation.keyValueHeads),
      head_dimension: UInt32(operation.headDimension))
    let runs = (operation.heads + 2 * operation.keyValueHeads) * operation.headDimension / layout.runLength
    return [
      request.elementwise(
        "\(file).\(request.formats[2])", itemsPerRow: runs, tuning: tuning, pushConstants: pushConstants(params),
        bindings: [.input(0), .input(1), .keys(input: 2), .values(input: 2), .output])
    ]
  }
}
