package import VulkanBackend

/// How the lanes of the read probe share the work.
package struct ReadGeometry: Hashable, Sendable, CustomStringConvertible {
  /// As PATTERN in `shaders/probes/probe_read.comp`.
  package enum Pattern: Int, Sendable, CaseIterable {
    case grid, groupRuns, laneRuns
  }

  package var pattern: Pattern
  package var workgroupSize: Int
  package var groupCount: Int
  /// In flight per lane.
  package var loads: Int

  package var description: String {
    let name =
      switch pattern {
      case .grid: "grid"
      case .groupRuns: "a run per workgroup"
      case .laneRuns: "a run per lane"
      }
    return "\(name), \(groupCount) workgroups of \(workgroupSize), \(loads) loads"
  }

  /// The fastest that changing one coordinate after the other finds, each time from the fastest so far.
  ///
  /// - Parameter rate: measures one; nil ends the search.
  package static func fastest<Failure: Error>(
    on profile: DeviceProfile, rate: (ReadGeometry) throws(Failure) -> Double?
  ) throws(Failure) -> (geometry: ReadGeometry, rate: Double)? {
    let first = usual(profile)
    guard let firstRate = try rate(first) else { return nil }
    var best = (geometry: first, rate: firstRate)
    for candidates in variations(profile) {
      let base = best.geometry
      for vary in candidates {
        var candidate = base
        vary(&candidate)
        guard candidate != base else { continue }
        guard let rate = try rate(candidate) else { return best }
        if rate > best.rate { best = (candidate, rate) }
      }
    }
    return best
  }

  /// What suits most devices of its kind.
  private static func usual(_ profile: DeviceProfile) -> ReadGeometry {
    profile.isCPU
      ? ReadGeometry(pattern: .grid, workgroupSize: profile.subgroupSize, groupCount: 256, loads: 4)
      : ReadGeometry(pattern: .grid, workgroupSize: min(256, profile.workgroupSize), groupCount: 4096, loads: 4)
  }

  /// Coordinate by coordinate what else to try. On a GPU lanes that read apart from each other only cost time.
  private static func variations(_ profile: DeviceProfile) -> [[@Sendable (inout ReadGeometry) -> Void]] {
    let isCPU = profile.isCPU
    let patterns: [Pattern] = isCPU ? Pattern.allCases : [.groupRuns]
    let sizes = (isCPU ? [8 * profile.subgroupSize] : [64, 512]).filter { $0 <= profile.workgroupSize }
    return [
      patterns.map { pattern in { $0.pattern = pattern } },
      [1, 2, 8].map { loads in { $0.loads = loads } },
      (isCPU ? [32, 2048] : [1024, 16384]).map { count in { $0.groupCount = count } },
      sizes.map { size in { $0.workgroupSize = size } },
    ]
  }
}
