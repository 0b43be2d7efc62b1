package import Ops
import Tensors

/// `linear_lane.comp`: for CPU drivers, one row or many.
package struct LinearLane: Kernel {
  package let file = "linear_lane"
  package let operation: any Operation.Type = Linear.self

  package let canFuse = true

  package func suits(_ profile: DeviceProfile) -> Bool { profile.isCPU }

  package func tunings(for request: LaunchRequest) -> [Tuning] {
    request.rows == 1
      ? [1, 2, 4, 8].map { ["ROWS": $0, "TOKENS": 1] }
      : [(1, 4), (2, 4), (4, 4), (2, 8)].map { ["ROWS": $0.0, "TOKENS": $0.1] }
  }

  package func tuning(for request: LaunchRequest) -> Tuning {
    let lanes = request.profile.subgroupSize
    let packed = request.formats[1].groupLength
    let widest = request.rows > 1 ? (packed > 8 ? 4 : 2) : packed > 16 ? 8 : 4
    // Few rows per lane where the matrix would not give every core several workgroups.
    let rows = [8, 4, 2].first { $0 <= widest && request.output.columns >= 16 * lanes * $0 } ?? 1
    return ["ROWS": rows, "TOKENS": request.rows == 1 ? 1 : 4]
  }

  package func launches(for request: LaunchRequest, tuning: Tuning) -> [Launch]? {
    let lanes = request.profile.subgroupSize
    var tuning = tuning
    if !request.fusion.isNone {
      // More rows are for kernels that cannot fuse. Results of a pair are of one lane.
      guard request.rows < lanes, lanes.isMultiple(of: 2) else { return nil }
      tuning.constants["ROWS"] = max(2, tuning["ROWS"])
    }
    return request.linear(
      file, rowsPerWorkgroup: lanes * tuning["ROWS"], tokensPerWorkgroup: tuning["TOKENS"], workgroupSize: lanes,
      tuning: tuning, tail: true)
  }
}
