import CKernelParams
import GPU
import Ops

extension LaunchRequest {
  /// The shader that leaves rows as `shaders/lib/packed_rows.glsl` says.
  static let packFile = "linear_pack"

  /// The dispatches of a matrix product by a shader that takes rows from `linear_pack.comp`, which runs first.
  ///
  /// Workgroups that share weight rows follow one another, so that these come from memory once for all tokens.
  func packedLinear(
    _ file: String, rowsPerWorkgroup: Int, tokensPerWorkgroup: Int, workgroupSize: Int, tuning: Tuning
  ) -> [Launch]? {
    guard
      let products = linear(
        file, rowsPerWorkgroup: rowsPerWorkgroup, tokensPerWorkgroup: tokensPerWorkgroup, workgroupSize: workgroupSize,
        tuning: tuning)
    else { return nil }
    let columns = inputs[1].columns
    let unitsPerRow = columns.dividedRoundingUp(by: 8) + 1
    // No more than the rows themselves take, so that whatever can be bound can be packed.
    let packed = LaunchBinding.scratch(byteCount: 16 * unitsPerRow * rows)
    let subgroups = max(1, min(256, profile.workgroupSize) / profile.subgroupSize)
    let pack = Launch(
      variant: Self.packFile, workgroupSize: subgroups * profile.subgroupSize,
      constants: stepConstants.merging(["SUBGROUPS": subgroups]) { $1 }, usesSubgroups: true,
      pushConstants: pushConstants(ColumnsParams(columns: UInt32(columns))), bindings: [.input(0), packed],
      groups: (rows, 1))
    return [pack]
      + products.map { product in
        var launch = product
        launch.bindings = product.bindings.map { $0 == .input(0) ? packed : $0 }
        launch.groups = (product.groups.y, product.groups.x)
        return launch
      }
  }
}
