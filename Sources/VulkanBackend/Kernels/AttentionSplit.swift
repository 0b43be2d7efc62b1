import CKernelParams
import GPU
package import Ops

/// `attention_split.comp`, then `attention_merge.comp`: for GPUs, few rows; workgroups share a row's context.
package struct AttentionSplit: Kernel {
  package let file = "attention_split"
  package let files = ["attention_split", "attention_merge"]
  package let order = "attention_span"
  package let operation: any Operation.Type = Attention.self

  /// More rows fill a device without being split.
  package static let mostRows = 16
  /// Workgroups that fill any device several times over; more would only find nothing to do in short contexts.
  private static let workgroupCount = 1024
  private static let mostScratchByteCount = 64 << 20

  package func suits(_ profile: DeviceProfile) -> Bool { !profile.isCPU }

  package func tunings(for request: LaunchRequest) -> [Tuning] {
    guard let operation = request.operation as? Attention else { return [] }
    return request.attentionGroups(operation).flatMap { group -> [Tuning] in
      let usual = usualSplits(request, operation, group: group)
      return Set([usual, max(1, usual / 4)]).sorted().map { ["GROUP": group, "SPLITS": $0] }
    }
  }

  package func tuning(for request: LaunchRequest) -> Tuning {
    guard let operation = request.operation as? Attention else { return Tuning() }
    let group = request.attentionGroups(operation).last ?? 1
    return ["GROUP": group, "SPLITS": usualSplits(request, operation, group: group)]
  }

  private func usualSplits(_ request: LaunchRequest, _ operation: Attention, group: Int) -> Int {
    let workgroups = operation.heads / group * request.rows
    return max(1, min(request.attentionSpans(operation), Self.workgroupCount / workgroups))
  }

  package func launches(for request: LaunchRequest, tuning: Tuning) -> [Launch]? {
    guard let operation = request.operation as? Attention, request.rows <= Self.mostRows,
      let (lanes, constants) = request.attentionSpanConstants(operation)
    else { return nil }
    let recordLength = operation.headDimension + 8
    let scratch = 4 * request.rows * operation.heads * request.attentionSpans(operation) * recordLength
    guard scratch <= min(Self.mostScratchByteCount, request.profile.bindingByteCount) else { return nil }
    let group = tuning["GROUP"]
    let split = Launch(
      variant: "\(file).\(request.formats[1])", workgroupSize: Int(ATTENTION_SPAN),
      constants: constants.merging(["GROUP": group]) { $1 }, usesSubgroups: true,
      pushConstants: request.attentionParams(operation),
      bindings: [.input(0), .keys(input: 1), .values(input: 1), .scratch(byteCount: scratch)],
      groups: (operation.heads / group * tuning["SPLITS"], request.rows))
    let merge = Launch(
      variant: "attention_merge", workgroupSize: lanes, constants: constants.filter { $0.key != "OWNED" },
      usesSubgroups: true, pushConstants: request.attentionParams(operation),
      bindings: [.scratch(byteCount: scratch), .output],
      groups: (operation.heads * operation.headDimension.dividedRoundingUp(by: lanes), request.rows))
    return [split, merge]
  }
}
