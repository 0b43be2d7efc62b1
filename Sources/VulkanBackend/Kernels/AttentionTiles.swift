package import Ops

/// `attention_tiles.comp`: for GPUs, many rows; those of a tile share what is read of keys and values.
///
/// It gives the bits of `AttentionSplit` and serves whatever rows that leaves, so that rows of one program never meet another
/// order of sums.
package struct AttentionTiles: Kernel {
  package let file = "attention_tiles"
  package let operation: any Operation.Type = Attention.self

  /// Heads times rows of a workgroup; with more of them registers allow for few workgroups at once.
  private static let mostQueries = 8
  /// So few rows may be of as many sequences, which have no keys in common.
  private static let mostRowsApart = 16

  package func suits(_ profile: DeviceProfile) -> Bool { !profile.isCPU }

  /// Rows apart, or as many together as there may be: those between take a CPU's compiler longer than they tell.
  package func tunings(for request: LaunchRequest) -> [Tuning] {
    guard let group = request.attentionGroups().last else { return [] }
    let most = [8, 4, 2].first { rows in
      rows <= request.rows && rows * group <= Self.mostQueries && request.attentionGroups(rows: rows).contains(group)
    }
    return [1, most].compactMap { $0 }.map { ["GROUP": group, "ROWS": $0] }
  }

  package func tuning(for request: LaunchRequest) -> Tuning {
    let tunings = tunings(for: request)
    return (request.rows > Self.mostRowsApart ? tunings.last : tunings.first) ?? Tuning()
  }

  package func launches(for request: LaunchRequest, tuning: Tuning) -> [Launch]? {
    let tiles = request.rows.dividedRoundingUp(by: tuning["ROWS"])
    return request.attentionSpans(file, tuning: tuning, results: .output) { groups in (groups, tiles) }.map { [$0] }
  }
}
