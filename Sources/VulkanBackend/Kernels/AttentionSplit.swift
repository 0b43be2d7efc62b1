import CKernelParams
package import Ops

/// `attention_split.comp`: for GPUs, few rows; workgroups share a row's context and `attention_merge.comp` adds what they found.
///
/// `AttentionTiles`, which serves the rest, gives the same bits.
package struct AttentionSplit: Kernel {
  package let file = "attention_split"
  package let files = ["attention_split", "attention_merge"]
  package let operation: any Operation.Type = Attention.self

  /// More rows fill a device without being split.
  package static let mostSplitRows = 16
  /// Workgroups that fill the largest devices; more of them only find nothing to do while contexts are short.
  package static let mostWorkgroups = 2048
  package static let mostScratchByteCount = 32 << 20
  static let spanLength = Int(ATTENTION_SPAN)

  package func suits(_ profile: DeviceProfile) -> Bool { !profile.isCPU }

  package func tunings(for request: LaunchRequest) -> [Tuning] {
    request.attentionGroups().map { ["GROUP": $0] }
  }

  package func tuning(for request: LaunchRequest) -> Tuning { tunings(for: request).last ?? Tuning() }

  package func launches(for request: LaunchRequest, tuning: Tuning) -> [Launch]? {
    guard let operation = request.operation as? Attention, canSplit(request, operation) else { return nil }
    let scratch = LaunchBinding.scratch(byteCount: scratchByteCount(request, operation))
    let split = request.attentionSpans(file, tuning: tuning, results: scratch) { groups in
      let spans = min(spanCount(request, operation), Self.mostWorkgroups / (groups * request.rows))
      return (groups * max(1, spans), request.rows)
    }
    guard let split, let octets = split.constants["OCTETS"] else { return nil }
    let lanes = request.profile.subgroupSize
    let merge = Launch(
      variant: "attention_merge", workgroupSize: lanes,
      constants: request.attentionConstants(operation).merging(["OCTETS": octets]) { $1 }, usesSubgroups: false,
      pushConstants: split.pushConstants, bindings: [scratch, .output],
      groups: ((operation.heads * operation.headDimension / 4).dividedRoundingUp(by: lanes), request.rows))
    return [split, merge]
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
