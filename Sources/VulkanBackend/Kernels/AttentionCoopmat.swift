import GPU
package import Ops

/// `attention_coopmat.comp`: for GPUs with matrix units, prompts.
package struct AttentionCoopmat: Kernel {
  package let file = "attention_coopmat"
  package let operation: any Operation.Type = Attention.self
  package let numerics = Numerics.float16Inputs

  /// Subgroups of a workgroup, which share what is staged of keys and values; first the one to use where nothing was measured.
  private static let subgroupCounts = [4, 8, 2, 1]
  /// Positions of a block. They decide on the order of sums, so that they depend on head and device alone.
  private static let blockLengths = [32, 16]

  package func suits(_ profile: DeviceProfile) -> Bool { !profile.isCPU && profile.float16MatrixShape != nil }

  package func tunings(for request: LaunchRequest) -> [Tuning] {
    Self.subgroupCounts.map { ["SUBGROUPS": $0] }.filter { Sizes(request, $0) != nil }
  }

  /// The same for all numbers of rows, as `tunings` is.
  package func tuning(for request: LaunchRequest) -> Tuning { tunings(for: request).first ?? Tuning() }

  package func launches(for request: LaunchRequest, tuning: Tuning) -> [Launch]? {
    guard let operation = request.operation as? Attention, let sizes = Sizes(request, tuning) else { return nil }
    let queries = request.rows * (operation.heads / operation.keyValueHeads)
    return [
      Launch(
        variant: "\(file).\(request.formats[1])", workgroupSize: sizes.subgroups * sizes.lanes,
        constants: request.attentionConstants(operation).merging(sizes.constants) { $1 }, usesSubgroups: true,
        pushConstants: request.attentionPushConstants(operation),
        bindings: [.input(0), .keys(input: 1), .values(input: 1), .output],
        groups: (operation.keyValueHeads, queries.dividedRoundingUp(by: sizes.subgroups * sizes.shape.m)))
    ]
  }

  /// What a workgroup is made of.
  private struct Sizes {
    let shape: CooperativeMatrixShape
    let dimension: Int
    let lanes: Int
    let subgroups: Int
    private(set) var keys = 0

    /// Nil where head, device or memory does not allow it.
    init?(_ request: LaunchRequest, _ tuning: Tuning) {
      guard let operation = request.operation as? Attention, let shape = request.profile.float16MatrixShape,
        let subgroups = tuning.constants["SUBGROUPS"]
      else { return nil }
      self.shape = shape
      self.subgroups = subgroups
      dimension = operation.headDimension
      lanes = request.profile.subgroupSize
      guard lanes.isMultiple(of: shape.m), shape.k.isMultiple(of: 8), shape.n.isMultiple(of: 8),
        dimension.isMultiple(of: shape.k), dimension.isMultiple(of: shape.n),
        subgroups * lanes <= request.profile.workgroupSize
      else { return nil }
      let available = request.profile.sharedMemoryByteCount
      // How long a block is must not hang on the tuning: the longest of which two subgroups can have the use.
      let lengths = AttentionCoopmat.blockLengths.filter { canTake($0) && byteCount($0, 1) <= available }
      guard let keys = lengths.first(where: { byteCount($0, 2) <= available }) ?? lengths.first,
        byteCount(keys, subgroups) <= available
      else { return nil }
      self.keys = keys
    }

    /// Whether whole matrices make a block, and each of the lanes that own a query whole octets of its weights.
    private func canTake(_ keys: Int) -> Bool {
      keys.isMultiple(of: shape.k) && keys.isMultiple(of: shape.n) && keys.isMultiple(of: 8 * (lanes / shape.m))
    }

    /// Shared memory, as the shader counts it.
    private func byteCount(_ keys: Int, _ subgroups: Int) -> Int {
      let row = 16 * (dimension / 8 + 1)
      let tiles = keys * row + 8 * dimension * (keys / 4 + 2)
      let strip = shape.m * (row + 16 * (max(keys, keys / 2 + shape.n) / 4 + 1))
      return tiles + subgroups * strip + 12
    }

    var constants: [String: Int] {
      [
        "MATRIX_M": shape.m, "MATRIX_N": shape.n, "MATRIX_K": shape.k, "OCTETS": dimension / 8, "LANES": lanes,
        "KEYS": keys, "SUBGROUPS": subgroups,
      ]
    }
  }
}
