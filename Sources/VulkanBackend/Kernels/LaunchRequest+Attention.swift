import CKernelParams
import GPU
import Ops

extension LaunchRequest {
  /// Positions that a row attends to at most.
  func reach(_ operation: Attention) -> Int { min(positions, operation.window ?? .max) }

  func attentionPushConstants(_ operation: Attention) -> [UInt8] {
    pushConstants(
      AttentionParams(
        heads: UInt32(operation.heads), key_value_heads: UInt32(operation.keyValueHeads), scale: operation.scale,
        window: UInt32(operation.window ?? 0), soft_cap: operation.softCap ?? 0))
  }

  /// The step's constants and those of `shaders/lib/attention_scores.glsl`; a window that no context fills is none.
  func attentionConstants(_ operation: Attention) -> [String: Int] {
    var constants = stepConstants
    if reach(operation) < positions { constants["HAS_WINDOW"] = 1 }
    if operation.softCap != nil { constants["HAS_SOFT_CAP"] = 1 }
    return constants
  }
}
