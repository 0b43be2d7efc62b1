import Synchronization

/// Host-visible buffers that transfers borrow, kept for the next one.
final class StagingBuffers: Sendable {
  /// The most bytes that move in one piece, unless one row is longer.
  static let pieceByteCount = 16 << 20

  private let memory: MemoryPool
  private let free = Mutex<[Buffer]>([])
  private static let mostKept = 2

  init(_ memory: MemoryPool) { self.memory = memory }

  /// A buffer of at least `byteCount` bytes, mapped.
  func borrow(byteCount: Int, place: MemoryPlace) throws(GPUError) -> Buffer {
    let found: Buffer? = free.withLock { free in
      guard let index = free.firstIndex(where: { $0.byteCount >= byteCount && $0.place == place }) else { return nil }
      return free.remove(at: index)
    }
    if let found { return found }
    return try Buffer(
      memory, byteCount: max(byteCount, min(Self.pieceByteCount, byteCount.roundedUp(to: 1 << 20))), place: place,
      label: "staging")
  }

  /// Keeps the buffer unless it is oversized or enough are kept; call it when the device is done with it.
  func giveBack(_ buffer: Buffer) {
    guard buffer.byteCount <= Self.pieceByteCount else { return }
    free.withLock { free in
      if free.count < 2 * Self.mostKept { free.append(buffer) }
    }
  }
}
