import CKernelParams
import GPU
package import Ops
import Tensors

/// `linear_subgroup.comp`: for GPUs, one row or many.
package struct LinearSubgroup: Kernel {
  package let file = "linear_subgroup"
  package let operation: any Operation.Type = Linear.self
  private let subgroupsPerWorkgroup = 4

  package func suits(_ profile: DeviceProfile) -> Bool { !profile.isCPU }

  package func tunings(for request: LaunchRequest) -> [Tuning] {
    [1, 2, 4].flatMap { rows in [1, 4, 8].map { ["ROWS": rows, "TOKENS": $0] } }
  }

  package func tuning(for request: LaunchRequest) -> Tuning {
    // A lane holds one group of activations per token in registers, of wide groups those of fewer tokens.
    ["ROWS": 2, "TOKENS": request.rows == 1 ? 1 : request.rows <= 4 || request.formats[1].groupLength > 16 ? 4 : 8]
  }

  package func launches(for request: LaunchRequest, tuning: Tuning) -> [Launch]? {
    let workgroupSize = subgroupsPerWorkgroup * request.profile.subgroupSize
    guard workgroupSize <= request.profile.workgroupSize else { return nil }
    return request.linear(
      file, rowsPerWorkgroup: subgroupsPerWorkgroup * tuning["ROWS"], tokensPerWorkgroup: tuning["TOKENS"],
      workgroupSize: workgroupSize, tuning: tuning)
  }
}

extension LaunchRequest {
  /// The dispatches of a matrix product, one per chunk of the weight.
  func linear(
    _ file: String, rowsPerWorkgroup: Int, tokensPerWorkgroup: Int, workgroupSize: Int, tuning: Tuning
  ) -> [Launch] {
    chunks[1].enumerated().map { chunk, rows in
      let params = LinearParams(
        n: UInt32(rows.range.count), k: UInt32(inputs[1].columns), y_columns: UInt32(output.columns),
        y_first: UInt32(rows.range.lowerBound))
      return Launch(
        variant: "\(file).\(rows.format)", workgroupSize: workgroupSize,
        constants: stepConstants.merging(planeConstants(input: 1)) { $1 }.merging(tuning.constants) { $1 }, usesSubgroups: true,
        pushConstants: pushConstants(params), bindings: planes(input: 1, chunk: chunk) + [.input(0), .output],
        groups: (
          rows.range.count.dividedRoundingUp(by: rowsPerWorkgroup), self.rows.dividedRoundingUp(by: tokensPerWorkgroup)
        ))
    }
  }
}
