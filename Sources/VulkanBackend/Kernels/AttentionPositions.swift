package import Ops

/// `attention_positions.comp`: for CPU drivers, one row or few.
package struct AttentionPositions: Kernel {
  package let file = "attention_positions"
  package let operation: any Operation.Type = Attention.self

  package func suits(_ profile: DeviceProfile) -> Bool { profile.isCPU }

  package func tunings(for request: LaunchRequest) -> [Tuning] {
    guard let operation = request.operation as? Attention else { return [] }
    let shared = operation.heads / operation.keyValueHeads
    return [1, 2, 4, 8].filter { shared.isMultiple(of: $0) }.map { ["GROUP": $0] }
  }

  package func tuning(for request: LaunchRequest) -> Tuning {
    tunings(for: request).last { $0["GROUP"] <= 4 } ?? ["GROUP": 1]
  }

  package func launches(for request: LaunchRequest, tuning: Tuning) -> [Launch]? {
    request.attentionOctets(file, tuning: tuning) { operation in
      (operation.heads / tuning["GROUP"], request.rows)
    }
  }
}

extension LaunchRequest {
  /// A dispatch for subgroups of 8 whose lanes hold octets of a head's dimensions; nil where head or device has none.
  func attentionOctets(
    _ file: String, tuning: Tuning = Tuning(), groups: (Attention) -> (x: Int, y: Int)
  ) -> [Launch]? {
    let lanes = 8
    guard let operation = operation as? Attention, profile.subgroupSize == lanes,
      operation.headDimension.isMultiple(of: lanes)
    else { return nil }
    let octets = operation.headDimension / lanes
    let constants = ["OCTETS": octets, "OWNED": octets.dividedRoundingUp(by: lanes)]
    return [
      Launch(
        variant: "\(file).\(formats[1])", workgroupSize: lanes,
        constants: attentionConstants(operation).merging(constants) { $1 }.merging(tuning.constants) { $1 },
        usesSubgroups: true,
        pushConstants: attentionPushConstants(operation),
        bindings: [.input(0), .keys(input: 1), .values(input: 1), .output], groups: groups(operation))
    ]
  }
}
