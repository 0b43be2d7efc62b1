package import Ops
import Tensors

/// `linear_tokens.comp`: for CPU drivers, many rows.
package struct LinearTokens: Kernel {
  package let file = "linear_tokens"
  package let operation: any Operation.Type = Linear.self

  package func suits(_ profile: DeviceProfile) -> Bool { profile.isCPU }

  package func tunings(for request: LaunchRequest) -> [Tuning] {
    [4, 8, 12].flatMap { rows in [1, 2].map { ["ROWS": rows, "TOKENS": $0] } }
  }

  package func tuning(for request: LaunchRequest) -> Tuning {
    [
      "ROWS": request.formats[1].groupLength > 16 ? 12 : 8,
      "TOKENS": request.rows > request.profile.subgroupSize ? 2 : 1,
    ]
  }

  package func launches(for request: LaunchRequest, tuning: Tuning) -> [Launch]? {
    let lanes = request.profile.subgroupSize
    // Fewer tokens than lanes leave lanes idle: linear_lane serves those better.
    guard request.rows >= lanes, lanes >= 4 else { return nil }
    return request.linear(
      file, rowsPerWorkgroup: tuning["ROWS"], tokensPerWorkgroup: lanes * tuning["TOKENS"], workgroupSize: lanes,
      tuning: tuning)
  }
}
