import CKernelParams
import GPU
package import Ops

/// `attention_flash.comp`: for GPUs, many rows; a workgroup takes several rows of the heads that share keys and values.
package struct AttentionFlash: Kernel {
  package let file = "attention_flash"
  package let order = "attention_span"
  package let operation: any Operation.Type = Attention.self

  /// Rows times heads of a workgroup: more sums would leave a lane too few registers.
  private static let tileSize = 4

  package func suits(_ profile: DeviceProfile) -> Bool { !profile.isCPU }

  package func tunings(for request: LaunchRequest) -> [Tuning] {
    guard let operation = request.operation as? Attention else { return [] }
    let group = request.attentionGroups(operation).last { $0 <= Self.tileSize } ?? 1
    return Set([max(1, Self.tileSize / group), 1]).sorted(by: >).map { ["GROUP": group, "ROWS": $0] }
  }

  package func tuning(for request: LaunchRequest) -> Tuning {
    tunings(for: request).first ?? ["GROUP": 1, "ROWS": 1]
  }

  package func launches(for request: LaunchRequest, tuning: Tuning) -> [Launch]? {
    guard let operation = request.operation as? Attention,
      let (_, constants) = request.attentionSpanConstants(operation),
      sharedByteCount(operation, request, tuning) <= request.profile.sharedMemoryByteCount
    else { return nil }
    return [
      Launch(
        variant: "\(file).\(request.formats[1])", workgroupSize: Int(ATTENTION_SPAN),
        constants: constants.merging(tuning.constants) { $1 }, usesSubgroups: true,
        pushConstants: request.attentionParams(operation),
        bindings: [.input(0), .keys(input: 1), .values(input: 1), .output],
        groups: (operation.heads / tuning["GROUP"], request.rows.dividedRoundingUp(by: tuning["ROWS"])))
    ]
  }

  /// Weights, maxima and totals of a span, an octet for each lane, and running sums of all dimensions.
  private func sharedByteCount(_ operation: Attention, _ request: LaunchRequest, _ tuning: Tuning) -> Int {
    let length = Int(ATTENTION_SPAN)
    let perQuery = length + 2 * length / request.profile.subgroupSize + operation.headDimension
    return 4 * (tuning["GROUP"] * tuning["ROWS"] * perQuery + 8 * length)
  }
}
