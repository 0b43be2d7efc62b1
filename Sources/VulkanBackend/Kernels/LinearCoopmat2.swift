import GPU
package import Ops

/// `linear_coopmat2.comp`: many rows on GPUs whose driver multiplies matrices of a workgroup's size
/// (VK_NV_cooperative_matrix2).
package struct LinearCoopmat2: Kernel {
  package let file = "linear_coopmat2"
  package let files = ["linear_coopmat2", LaunchRequest.packFile]
  package let operation: any Operation.Type = Linear.self
  package let numerics = Numerics.float16Inputs

  /// Columns of a step. Not tuned: it is what the order of a sum hangs on.
  private static let step = 64
  /// TOKENS × ROWS, first the one to use where nothing was measured.
  private static func tiles(_ scope: FlexibleMatrixGranule.Scope) -> [(Int, Int)] {
    switch scope {
    case .workgroup: [(128, 128), (128, 256), (256, 128), (64, 128), (128, 64), (64, 64), (32, 128), (32, 64)]
    case .subgroup: [(16, 16), (16, 32), (32, 32), (32, 64), (64, 64)]
    }
  }
  /// Sums that the registers of an invocation hold.
  private static let mostSumsPerInvocation = 128

  package func suits(_ profile: DeviceProfile) -> Bool {
    !profile.isCPU && profile.capabilities.contains("coopmat2_f16_f32")
  }

  package func tunings(for request: LaunchRequest) -> [Tuning] {
    let profile = request.profile
    guard let scope = profile.float16MatrixGranules.first?.scope else { return [] }
    return Self.workgroupSizes(profile).flatMap { size in
      Self.tiles(scope).map { ["TOKENS": $0.0, "ROWS": $0.1, "WORKGROUP": size] }
    }
    .filter { Self.granule(for: $0, profile) != nil }
  }

  /// The same for all numbers of rows: how a driver orders the sums of a tile is its own business.
  package func tuning(for request: LaunchRequest) -> Tuning { tunings(for: request).first ?? Tuning() }

  package func launches(for request: LaunchRequest, tuning: Tuning) -> [Launch]? {
    guard let granule = Self.granule(for: tuning, request.profile) else { return nil }
    return request.packedLinear(
      file, rowsPerWorkgroup: tuning["ROWS"], tokensPerWorkgroup: tuning["TOKENS"], workgroupSize: tuning["WORKGROUP"],
      tuning: [
        "TOKENS": tuning["TOKENS"], "ROWS": tuning["ROWS"], "STEP": Self.step(granule), "SCOPE": granule.scope.rawValue,
      ])
  }

  private static func step(_ granule: FlexibleMatrixGranule) -> Int {
    step.rounded(upToMultipleOf: granule.shape.k)
  }

  /// Invocations of a workgroup that the device offers products for: 256 first, then the most.
  private static func workgroupSizes(_ profile: DeviceProfile) -> [Int] {
    let sizes = Set(profile.float16MatrixGranules.map { invocations($0, profile) })
    return sizes.sorted { ($0 == 256 ? .max : $0) > ($1 == 256 ? .max : $1) }
  }

  private static func invocations(_ granule: FlexibleMatrixGranule, _ profile: DeviceProfile) -> Int {
    granule.scope == .subgroup ? profile.subgroupSize : granule.workgroupInvocations
  }

  /// What the device multiplies tiles of this tuning by; nil where it does not.
  private static func granule(for tuning: Tuning, _ profile: DeviceProfile) -> FlexibleMatrixGranule? {
    let (tokens, rows, size) = (tuning["TOKENS"], tuning["ROWS"], tuning["WORKGROUP"])
    guard tokens * rows <= size * mostSumsPerInvocation else { return nil }
    return profile.float16MatrixGranules.first {
      invocations($0, profile) == size && tokens.isMultiple(of: $0.shape.m) && rows.isMultiple(of: $0.shape.n)
        && max(tokens, rows, step($0)) <= profile.matrixDimension
    }
  }
}
