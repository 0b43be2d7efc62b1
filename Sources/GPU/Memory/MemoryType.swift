/// One of the kinds of memory that a driver lists, with Vulkan's flags.
package struct MemoryType: Hashable, Sendable {
  package var index: Int
  package var heap: Int
  package var flags: UInt32

  package init(index: Int, heap: Int, flags: UInt32) {
    self.index = index
    self.heap = heap
    self.flags = flags
  }

  // Vulkan's numbers, so that the rule below is tested without a driver.
  var isDeviceLocal: Bool { flags & 1 != 0 }
  var isHostVisible: Bool { flags & 2 != 0 }
  var isHostCoherent: Bool { flags & 4 != 0 }
  var isHostCached: Bool { flags & 8 != 0 }
  /// Memory that only shows up when touched, protected memory, and AMD's uncached kinds for debugging.
  var isSpecial: Bool { flags & ~0xf != 0 }
}

/// Which memory types serve a place, best first: a rule over facts.
package enum MemoryTypePolicy {
  /// Host-visible device memory is scarce on many GPUs, so that only small buffers go there.
  static let smallByteCount = 16 << 20

  /// - Parameter allowedMask: bit i is set where the buffer may lie in type i.
  package static func candidates(
    _ types: [MemoryType], heaps: [MemoryHeap], allowedMask: UInt32, place: MemoryPlace, byteCount: Int
  ) -> [MemoryType] {
    let usable = types.filter { type in
      allowedMask >> UInt32(type.index) & 1 != 0 && !type.isSpecial && heaps.indices.contains(type.heap)
    }
    let rank: (MemoryType) -> Int? =
      switch place {
      case .device: { deviceRank($0, heaps: heaps) }
      case .hostVisible: { hostRank($0, isSmall: byteCount <= smallByteCount) }
      case .readBack: { readBackRank($0) }
      }
    return usable.compactMap { type in rank(type).map { (rank: $0, type: type) } }
      .sorted { ($0.rank, $0.type.index) < ($1.rank, $1.type.index) }.map(\.type)
  }

  /// Mapped memory first where the whole of the device's memory can be mapped: it needs no staging.
  private static func deviceRank(_ type: MemoryType, heaps: [MemoryHeap]) -> Int? {
    guard type.isDeviceLocal else { return nil }
    let largest = heaps.filter(\.isDeviceLocal).map(\.byteCount).max() ?? 0
    // The small window of 256 MiB is kept for step inputs.
    guard heaps[type.heap].byteCount == largest else { return nil }
    guard type.isHostVisible else { return 2 }
    return type.isHostCoherent ? 0 : 1
  }

  private static func hostRank(_ type: MemoryType, isSmall: Bool) -> Int? {
    guard type.isHostVisible else { return nil }
    return (type.isDeviceLocal == isSmall ? 0 : 2) + (type.isHostCoherent ? 0 : 1)
  }

  private static func readBackRank(_ type: MemoryType) -> Int? {
    guard type.isHostVisible else { return nil }
    return (type.isHostCached ? 0 : 4) + (type.isHostCoherent ? 0 : 2) + (type.isDeviceLocal ? 1 : 0)
  }
}
