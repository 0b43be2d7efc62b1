import CKernelParams
import GPU
import Ops

extension LaunchRequest {
  /// The push constants of every attention shader.
  func attentionParams(_ operation: Attention) -> [UInt8] {
    pushConstants(
      AttentionParams(
        heads: UInt32(operation.heads), key_value_heads: UInt32(operation.keyValueHeads), scale: operation.scale,
        window: UInt32(operation.window ?? 0), soft_cap: operation.softCap ?? 0))
  }

  /// What every attention shader is specialized with: only what the operation has, so that the rest costs nothing.
  func attentionConstants(_ operation: Attention) -> [String: Int] {
    var constants = stepConstants
    if operation.window != nil { constants["IS_WINDOWED"] = 1 }
    if operation.softCap != nil { constants["IS_CAPPED"] = 1 }
    return constants
  }

  /// The lanes of a subgroup and the constants of `attention_span.glsl` that follow from them; nil where heads are no octets
  /// or the device's subgroups do not divide its spans.
  func attentionSpanConstants(_ operation: Attention) -> (lanes: Int, constants: [String: Int])? {
    let lanes = profile.subgroupSize
    let octetLength = 8
    guard operation.headDimension.isMultiple(of: octetLength), lanes.isMultiple(of: octetLength),
      ExecutionLimits.pageLength.isMultiple(of: lanes), profile.workgroupSize >= Int(ATTENTION_SPAN)
    else { return nil }
    let octets = operation.headDimension / octetLength
    let constants = ["OCTETS": octets, "OWNED": octets.dividedRoundingUp(by: lanes), "LANES": lanes]
    return (lanes, attentionConstants(operation).merging(constants) { $1 })
  }

  /// Numbers of heads that share keys and values and that a subgroup can take at once, so that its sums stay in registers.
  func attentionGroups(_ operation: Attention) -> [Int] {
    let octetsPerLane = (operation.headDimension / 8).dividedRoundingUp(by: profile.subgroupSize)
    let shared = operation.heads / operation.keyValueHeads
    return (1...8).filter { shared.isMultiple(of: $0) && ($0 == 1 || $0 * octetsPerLane <= 8) }
  }

  /// Spans of positions that a row can see parts of, as `span_capacity` in `shaders/lib/attention_record.glsl`.
  func attentionSpans(_ operation: Attention) -> Int {
    let length = Int(ATTENTION_SPAN)
    let all = positions.dividedRoundingUp(by: length)
    return min(all, operation.window.map { ($0 + length - 2) / length + 1 } ?? all)
  }
}
