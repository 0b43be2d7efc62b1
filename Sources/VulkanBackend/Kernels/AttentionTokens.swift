package import Ops

/// `attention_tokens.comp`: for CPU drivers, many rows.
package struct AttentionTokens: Kernel {
  package let file = "attention_tokens"
  package let operation: any Operation.Type = Attention.self

  package func suits(_ profile: DeviceProfile) -> Bool { profile.isCPU }

  package func launches(for request: LaunchRequest, tuning: Tuning) -> [Launch]? {
    // Fewer rows than lanes leave lanes idle: attention_positions serves those better.
    guard request.rows >= request.profile.subgroupSize else { return nil }
    return request.attentionOctets(file) { operation in
      (operation.heads, request.rows.dividedRoundingUp(by: request.profile.subgroupSize))
    }
  }
}
