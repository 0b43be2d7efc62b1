import GPU
package import Ops

/// `linear_coopmat.comp`: for GPUs with matrix units, many rows.
package struct LinearCoopmat: Kernel {
  package let file = "linear_coopmat"
  package let files = ["linear_coopmat", LaunchRequest.packFile]
  package let operation: any Operation.Type = Linear.self
  package let numerics = Numerics.float16Inputs

  package func suits(_ profile: DeviceProfile) -> Bool { !profile.isCPU && profile.float16MatrixShape != nil }

  package func tunings(for request: LaunchRequest) -> [Tuning] {
    var tunings: [Tuning] = []
    for (tokenTiles, rowTiles) in [(1, 2), (2, 2), (2, 4), (4, 2)] {
      for (tokenSubgroups, rowSubgroups) in [(1, 4), (2, 2), (2, 4)] {
        for step in [32, 64] {
          tunings.append(
            [
              "TOKEN_TILES": tokenTiles, "ROW_TILES": rowTiles, "TOKEN_SUBGROUPS": tokenSubgroups,
              "ROW_SUBGROUPS": rowSubgroups, "STEP": step,
            ])
        }
      }
    }
    return tunings.filter { fits($0, request.profile) }
  }

  package func tuning(for request: LaunchRequest) -> Tuning {
    let matrixRows = request.profile.float16MatrixShape?.m ?? 1
    let usual: Tuning =
      request.rows <= matrixRows
      ? ["TOKEN_TILES": 1, "ROW_TILES": 2, "TOKEN_SUBGROUPS": 1, "ROW_SUBGROUPS": 4, "STEP": 32]
      : ["TOKEN_TILES": 2, "ROW_TILES": 4, "TOKEN_SUBGROUPS": 2, "ROW_SUBGROUPS": 2, "STEP": 32]
    // A device where one tuning fits is served whatever the rows.
    return fits(usual, request.profile) ? usual : tunings(for: request).first ?? usual
  }

  package func launches(for request: LaunchRequest, tuning: Tuning) -> [Launch]? {
    guard let shape = request.profile.float16MatrixShape, fits(tuning, request.profile) else { return nil }
    let constants = ["MATRIX_M": shape.m, "MATRIX_N": shape.n, "MATRIX_K": shape.k]
    return request.packedLinear(
      file, rowsPerWorkgroup: rows(tuning, shape.n), tokensPerWorkgroup: tokens(tuning, shape.m),
      workgroupSize: subgroups(tuning) * request.profile.subgroupSize,
      tuning: Tuning(tuning.constants.merging(constants) { $1 }))
  }

  private func subgroups(_ tuning: Tuning) -> Int { tuning["TOKEN_SUBGROUPS"] * tuning["ROW_SUBGROUPS"] }
  private func tokens(_ tuning: Tuning, _ m: Int) -> Int { m * tuning["TOKEN_TILES"] * tuning["TOKEN_SUBGROUPS"] }
  private func rows(_ tuning: Tuning, _ n: Int) -> Int { n * tuning["ROW_TILES"] * tuning["ROW_SUBGROUPS"] }

  /// Whether a workgroup and its tiles are within the device's limits, and whole matrices fill a step.
  private func fits(_ tuning: Tuning, _ profile: DeviceProfile) -> Bool {
    guard let shape = profile.float16MatrixShape, shape.k.isMultiple(of: 8), tuning["STEP"].isMultiple(of: shape.k)
    else {
      return false
    }
    let tokens = tokens(tuning, shape.m)
    let octetsPerRow = tuning["STEP"] / 8 + 1
    let tiles = 16 * octetsPerRow * (tokens + rows(tuning, shape.n))
    let results = 4 * subgroups(tuning) * shape.m * shape.n
    return tiles + results + 4 * tokens <= profile.sharedMemoryByteCount
      && subgroups(tuning) * profile.subgroupSize <= profile.workgroupSize
  }
}
