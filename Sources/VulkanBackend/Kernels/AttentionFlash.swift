import CKernelParams
import GPU
package import Ops

/// `attention_flash.comp`: for GPUs, many rows; a subgroup takes several rows of the heads that share keys and values.
package struct AttentionFlash: Kernel {
  package let file = "attention_flash"
  package let order = "attention_block"
  package let operation: any Operation.Type = Attention.self

  /// Rows times heads of a subgroup: their sums fill half the registers that a lane has.
  private static let tileSize = 8

  package func suits(_ profile: DeviceProfile) -> Bool { !profile.isCPU }

  package func tunings(for request: LaunchRequest) -> [Tuning] {
    guard let operation = request.operation as? Attention else { return [] }
    let group = request.attentionGroups(operation).last ?? 1
    return [8, 4, 2, 1].filter { $0 * group <= Self.tileSize }.prefix(2).flatMap { rows in
      [4, 2, 1].map { ["GROUP": group, "ROWS": rows, "SUBGROUPS": $0] as Tuning }
    }.filter { sharedByteCount(operation, request, $0) <= request.profile.sharedMemoryByteCount }
  }

  package func tuning(for request: LaunchRequest) -> Tuning {
    tunings(for: request).first ?? ["GROUP": 1, "ROWS": 1, "SUBGROUPS": 1]
  }

  package func launches(for request: LaunchRequest, tuning: Tuning) -> [Launch]? {
    guard let operation = request.operation as? Attention,
      let (lanes, constants) = request.attentionBlocks(operation),
      sharedByteCount(operation, request, tuning) <= request.profile.sharedMemoryByteCount
    else { return nil }
    return [
      Launch(
        variant: "\(file).\(request.formats[1])", workgroupSize: lanes * tuning["SUBGROUPS"],
        constants: constants.merging(tuning.constants) { $1 }, usesSubgroups: true,
        pushConstants: request.attentionParams(operation),
        bindings: [.input(0), .keys(input: 1), .values(input: 1), .output],
        groups: (
          operation.heads / tuning["GROUP"],
          request.rows.dividedRoundingUp(by: tuning["ROWS"] * tuning["SUBGROUPS"])
        ))
    ]
  }

  /// Weights of a span, running sums of all dimensions, and an octet for each lane.
  private func sharedByteCount(_ operation: Attention, _ request: LaunchRequest, _ tuning: Tuning) -> Int {
    let queries = tuning["GROUP"] * tuning["ROWS"]
    let floats = queries * (Int(ATTENTION_SPAN) + operation.headDimension) + 8 * request.profile.subgroupSize
    return 4 * tuning["SUBGROUPS"] * floats
  }
}
