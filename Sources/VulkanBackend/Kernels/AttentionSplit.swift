import CKernelParams
import GPU
package import Ops

/// `attention_split.comp`: for GPUs; where there are few rows, workgroups share a row's context and `attention_merge.comp` adds
/// what they found.
///
/// It serves any number of rows or none, so that rows of one program never meet another order of sums.
package struct AttentionSplit: Kernel {
  package let file = "attention_split"
  package let files = ["attention_split", "attention_merge"]
  package let operation: any Operation.Type = Attention.self

  /// More rows fill a device without being split.
  package static let mostSplitRows = 16
  /// Workgroups that fill the largest devices; more of them only find nothing to do while contexts are short.
  package static let mostWorkgroups = 2048
  package static let mostScratchByteCount = 32 << 20
  private static let spanLength = Int(ATTENTION_SPAN)

  package func suits(_ profile: DeviceProfile) -> Bool { !profile.isCPU }

  package func tunings(for request: LaunchRequest) -> [Tuning] {
    let splits = (request.operation as? Attention).map { canSplit(request, $0) } == true ? [1, 0] : [1]
    return splits.flatMap { split in groups(for: request).map { ["GROUP": $0, "SPLIT": split] } }
  }

  package func tuning(for request: LaunchRequest) -> Tuning { ["GROUP": groups(for: request).last ?? 1, "SPLIT": 1] }

  package func launches(for request: LaunchRequest, tuning: Tuning) -> [Launch]? {
    let profile = request.profile
    let lanes = profile.subgroupSize
    let (group, octetLength) = (tuning["GROUP"], 8)
    guard let operation = request.operation as? Attention, operation.headDimension.isMultiple(of: octetLength),
      lanes.isMultiple(of: octetLength), ExecutionLimits.pageLength.isMultiple(of: lanes),
      profile.workgroupSize >= Self.spanLength, groups(for: request).contains(group)
    else { return nil }
    let params = request.attentionPushConstants(operation)
    let constants = request.attentionConstants(operation)
    let octets = operation.headDimension / octetLength
    let isSplit = tuning["SPLIT"] == 1 && canSplit(request, operation)
    let scratch = LaunchBinding.scratch(byteCount: scratchByteCount(request, operation))
    let groups = operation.heads / group
    let splits = isSplit ? max(1, min(spanCount(request, operation), Self.mostWorkgroups / (groups * request.rows))) : 1
    let main = Launch(
      variant: "\(file).\(request.formats[1])", workgroupSize: Self.spanLength,
      constants: constants.merging(
        ["OCTETS": octets, "LANES": lanes, "GROUP": group, "SPLIT": isSplit ? 1 : 0]) { $1 },
      usesSubgroups: true, pushConstants: params,
      bindings: [.input(0), .keys(input: 1), .values(input: 1), isSplit ? scratch : .output],
      groups: (groups * splits, request.rows))
    guard isSplit else { return [main] }
    let merge = Launch(
      variant: "attention_merge", workgroupSize: lanes,
      constants: constants.merging(["OCTETS": octets]) { $1 }, usesSubgroups: false, pushConstants: params,
      bindings: [scratch, .output],
      groups: ((operation.heads * operation.headDimension / 4).dividedRoundingUp(by: lanes), request.rows))
    return [main, merge]
  }

  /// Numbers of heads that share keys and values and whose sums fit the memory that a workgroup shares.
  private func groups(for request: LaunchRequest) -> [Int] {
    guard let operation = request.operation as? Attention else { return [] }
    let blocks = Self.spanLength / request.profile.subgroupSize
    return (1...8).filter {
      (operation.heads / operation.keyValueHeads).isMultiple(of: $0)
        && 4 * blocks * $0 * (operation.headDimension + 2) <= request.profile.sharedMemoryByteCount
    }
  }

  /// Spans that a row sees at most; a window that does not begin with a span reaches into one more.
  private func spanCount(_ request: LaunchRequest, _ operation: Attention) -> Int {
    let all = request.positions.dividedRoundingUp(by: Self.spanLength)
    return min(all, (request.reach(operation) - 1).dividedRoundingUp(by: Self.spanLength) + 1)
  }

  /// As `record_start` in `shaders/lib/attention_partial.glsl` counts them.
  private func scratchByteCount(_ request: LaunchRequest, _ operation: Attention) -> Int {
    4 * request.rows * operation.heads * spanCount(request, operation) * (operation.headDimension + 4)
  }

  private func canSplit(_ request: LaunchRequest, _ operation: Attention) -> Bool {
    spanCount(request, operation) > 1 && request.rows <= Self.mostSplitRows
      && scratchByteCount(request, operation) <= min(Self.mostScratchByteCount, request.profile.bindingByteCount)
  }
}
