import CKernelParams
import GPU
package import Ops

/// `sample.comp`, and `log_probabilities.comp` behind it where they are asked for: a workgroup per output, of one subgroup on
/// CPU drivers.
package struct SampleKernel: Kernel {
  package let file = "sample"
  package var files: [String] { [file, Self.logProbabilities] }
  private static let logProbabilities = "log_probabilities"
  package let operation: any Operation.Type = Sample.self

  package func tunings(for request: LaunchRequest) -> [Tuning] {
    [1, 2, 4, 8, 16, 32].filter { $0 * request.profile.subgroupSize <= request.profile.workgroupSize }.map {
      ["SUBGROUPS": $0]
    }
  }

  /// As many as a row keeps busy; one on CPU drivers, where barriers are dear.
  package func tuning(for request: LaunchRequest) -> Tuning {
    let columns = request.inputs[0].columns
    let busy = tunings(for: request).last { $0["SUBGROUPS"] * request.profile.subgroupSize <= columns }
    return request.profile.isCPU ? ["SUBGROUPS": 1] : busy ?? ["SUBGROUPS": 1]
  }

  package func launches(for request: LaunchRequest, tuning: Tuning) -> [Launch]? {
    let params = ColumnsParams(columns: UInt32(request.inputs[0].columns))
    let files = request.givesLogProbabilities ? files : [file]
    return files.map {
      Launch(
        variant: $0, workgroupSize: request.profile.subgroupSize * tuning["SUBGROUPS"],
        constants: request.stepConstants.merging(tuning.constants) { $1 }, usesSubgroups: true,
        pushConstants: pushConstants(params), bindings: [.input(0), .output], groups: (request.rows, 1))
    }
  }
}
