package import Ops

/// `attention_subgroup.comp`: for heads that are no whole octets, a subgroup per row and head.
package struct AttentionSubgroup: Kernel {
  package let file = "attention_subgroup"
  package let operation: any Operation.Type = Attention.self

  /// Its sums have another order than those of kernels for octets, which serve every size of step where they serve one.
  package func suits(_ profile: DeviceProfile) -> Bool { false }

  package func launches(for request: LaunchRequest, tuning: Tuning) -> [Launch]? {
    let lanes = request.profile.subgroupSize
    guard let operation = request.operation as? Attention, ExecutionLimits.pageLength.isMultiple(of: lanes),
      request.inputs[1].cacheLayout(request.formats[1])?.isStorable == true
    else { return nil }
    let pairs = operation.headDimension / 2
    let constants = ["HEAD_PAIRS": pairs, "OWNED_PAIRS": pairs.dividedRoundingUp(by: lanes)]
    return [
      Launch(
        variant: "\(file).\(request.formats[1])", workgroupSize: lanes,
        constants: request.attentionConstants(operation).merging(constants) { $1 }, usesSubgroups: true,
        pushConstants: request.attentionPushConstants(operation),
        bindings: [.input(0), .keys(input: 1), .values(input: 1), .output], groups: (operation.heads, request.rows))
    ]
  }
}
