package import Ops

/// `linear_tokens.comp`: for CPU drivers, many rows.
package struct LinearTokens: Kernel {
  package let file = "linear_tokens"
  package let operation: any Operation.Type = Linear.self

  package func suits(_ profile: DeviceProfile) -> Bool { profile.isCPU }

  package func tunings(for request: LaunchRequest) -> [Tuning] {
    [32, 64, 128].flatMap { rows in
      [1, 2].map { ["ROWS": rows, "TOKENS": $0] }
    }
  }

  package func tuning(for request: LaunchRequest) -> Tuning {
    let lanes = request.profile.subgroupSize
    let tokens = request.rows > lanes ? 2 : 1
    // Activations are held once for all ROWS, but every core should get several workgroups.
    let blocks = request.rows.dividedRoundingUp(by: lanes * tokens)
    let rows = [128, 64].first { request.output.columns * blocks >= 4 * $0 } ?? 32
    return ["ROWS": rows, "TOKENS": tokens]
  }

  package func launches(for request: LaunchRequest, tuning: Tuning) -> [Launch]? {
    let lanes = request.profile.subgroupSize
    // Fewer tokens than lanes leave lanes idle: linear_lane serves those better.
    guard request.rows >= lanes, lanes >= 4 else { return nil }
    return request.linear(
      file, rowsPerWorkgroup: tuning["ROWS"], tokensPerWorkgroup: lanes * tuning["TOKENS"], workgroupSize: lanes,
      // ROWS is no constant: a pipeline takes seconds to compile.
      tuning: ["TOKENS": tuning["TOKENS"]])
  }
}
