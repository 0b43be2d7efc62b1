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

  /// A dispatch of a kernel with `shaders/lib/attention_block.glsl`; nil where head or device has no whole octets.
  ///
  /// - Parameter grid: workgroups for so many groups of heads.
  func attentionSpans(
    _ file: String, tuning: Tuning, results: LaunchBinding, grid: (_ groups: Int) -> (x: Int, y: Int)
  ) -> Launch? {
    let (lanes, octetLength) = (profile.subgroupSize, 8)
    guard let operation = operation as? Attention, operation.headDimension.isMultiple(of: octetLength),
      lanes.isMultiple(of: octetLength), ExecutionLimits.pageLength.isMultiple(of: lanes),
      profile.workgroupSize >= AttentionSplit.spanLength,
      attentionGroups(rows: tuning["ROWS"]).contains(tuning["GROUP"])
    else { return nil }
    let constants = ["OCTETS": operation.headDimension / octetLength, "LANES": lanes]
    return Launch(
      variant: "\(file).\(formats[1])", workgroupSize: AttentionSplit.spanLength,
      constants: attentionConstants(operation).merging(constants) { $1 }.merging(tuning.constants) { $1 },
      usesSubgroups: true, pushConstants: attentionPushConstants(operation),
      bindings: [.input(0), .keys(input: 1), .values(input: 1), results],
      groups: grid(operation.heads / tuning["GROUP"]))
  }

  /// Numbers of heads that share keys and values and whose sums, for so many rows, fit the memory that a workgroup shares.
  func attentionGroups(rows: Int = 1) -> [Int] {
    guard let operation = operation as? Attention else { return [] }
    let blocks = AttentionSplit.spanLength / profile.subgroupSize
    return (1...8).filter {
      (operation.heads / operation.keyValueHeads).isMultiple(of: $0)
        && 4 * blocks * rows * $0 * (operation.headDimension + 2) <= profile.sharedMemoryByteCount
    }
  }
}
