internal import CVulkan
import Synchronization

/// Gives out pieces of memory blocks and knows the live budget.
final class MemoryPool: Sendable {
  /// A range of one block.
  struct Piece: Sendable {
    let block: MemoryBlock
    let range: Range<Int>
  }

  private struct OpenBlock: Sendable {
    let block: MemoryBlock
    var free: FreeRanges
    var pieceCount = 0
  }

  private struct State: Sendable {
    var blocks: [OpenBlock] = []
    var usedByteCount = 0
    var peakByteCount = 0
    var reservedByteCount = 0
  }

  /// Where no open block has room, buffers from this size on get a block of exactly their size, smaller ones open a
  /// block to share.
  static let ownBlockByteCount = 32 << 20
  static let sharedBlockByteCount = 64 << 20

  let device: LogicalDevice
  let buffers = BufferRegistry()
  private let state = Mutex(State())

  init(_ device: LogicalDevice) { self.device = device }

  /// Bytes in live buffers, guards included.
  var usedByteCount: Int { state.withLock { $0.usedByteCount } }
  /// The most that `usedByteCount` ever was.
  var peakByteCount: Int { state.withLock { $0.peakByteCount } }
  /// Bytes taken from the driver.
  var reservedByteCount: Int { state.withLock { $0.reservedByteCount } }

  /// The heaps with the budget of this moment.
  func budget() -> [MemoryHeap] {
    guard let handle = device.physical.handle else { return device.physical.heaps }
    return PhysicalDeviceQuery.heaps(of: handle.raw, live: device.physical.features.memoryBudget)
  }

  /// Takes a piece from the first candidate that has room.
  ///
  /// - Throws: `.outOfMemory` that says how much is missing on which heap.
  func take(byteCount: Int, alignment: Int, candidates: [MemoryType], label: String) throws(GPUError) -> Piece {
    var failure = GPUError.invalid("\(device.physical.name) has no memory for \(label)")
    for type in candidates {
      if let piece = takeFromOpenBlock(byteCount: byteCount, alignment: alignment, type: type) { return piece }
      do throws(GPUError) {
        let block = try makeBlock(for: byteCount, type: type, label: label)
        return add(block, byteCount: byteCount, alignment: alignment)
      } catch {
        guard case .outOfMemory = error.kind else { throw error }
        failure = error
      }
    }
    throw failure
  }

  /// Gives a piece back; an empty block goes back to the driver.
  func give(_ piece: Piece) {
    // The block is let go outside the lock: freeing memory may take the driver long.
    let emptied: MemoryBlock? = state.withLock { state in
      guard let index = state.blocks.firstIndex(where: { $0.block === piece.block }) else { return nil }
      state.usedByteCount -= piece.range.count
      state.blocks[index].pieceCount -= 1
      guard state.blocks[index].pieceCount > 0 else {
        state.reservedByteCount -= piece.block.byteCount
        return state.blocks.remove(at: index).block
      }
      state.blocks[index].free.give(piece.range)
      return nil
    }
    withExtendedLifetime(emptied) {}
  }

  private func takeFromOpenBlock(byteCount: Int, alignment: Int, type: MemoryType) -> Piece? {
    state.withLock { state in
      for index in state.blocks.indices where state.blocks[index].block.type == type {
        guard let range = state.blocks[index].free.take(byteCount: byteCount, alignment: alignment) else { continue }
        return Self.count(&state, index, range)
      }
      return nil
    }
  }

  private func add(_ block: MemoryBlock, byteCount: Int, alignment: Int) -> Piece {
    state.withLock { state in
      var free = FreeRanges(byteCount: block.byteCount)
      // A new block begins aligned to everything and is never smaller than what it is made for.
      let range = free.take(byteCount: byteCount, alignment: alignment) ?? 0..<byteCount
      state.blocks.append(OpenBlock(block: block, free: free))
      state.reservedByteCount += block.byteCount
      return Self.count(&state, state.blocks.count - 1, range)
    }
  }

  private static func count(_ state: inout State, _ index: Int, _ range: Range<Int>) -> Piece {
    state.blocks[index].pieceCount += 1
    state.usedByteCount += range.count
    state.peakByteCount = max(state.peakByteCount, state.usedByteCount)
    return Piece(block: state.blocks[index].block, range: range)
  }

  /// A block with room to share where the budget allows it, else one of exactly this size.
  private func makeBlock(for byteCount: Int, type: MemoryType, label: String) throws(GPUError) -> MemoryBlock {
    let available = available(on: type.heap)
    guard byteCount <= available else {
      throw GPUError(
        .outOfMemory(missingByteCount: byteCount - available),
        "\(label) needs \(mebibytes(byteCount)), but \(mebibytes(available)) are free on heap \(type.heap) of "
          + "\(device.physical.name): \(mebibytes(byteCount - available)) are missing; use a smaller context, a smaller "
          + "model or another device")
    }
    let heapByteCount = device.physical.heaps[type.heap].byteCount
    let shared = min(Self.sharedBlockByteCount, device.physical.maximumAllocationByteCount, heapByteCount / 8)
    if byteCount < Self.ownBlockByteCount, byteCount < shared, shared <= available {
      return try MemoryBlock(device, type: type, byteCount: shared)
    }
    return try MemoryBlock(device, type: type, byteCount: byteCount)
  }

  private func available(on heap: Int) -> Int {
    min(budgetLeft(on: heap), device.options.memoryLimitByteCount.map { max(0, $0 - reservedByteCount) } ?? Int.max)
  }

  private func budgetLeft(on heap: Int) -> Int {
    let heaps = budget()
    guard heaps.indices.contains(heap) else { return 0 }
    if let budget = heaps[heap].budgetByteCount, let used = heaps[heap].usedByteCount {
      return max(0, budget - used)
    }
    let taken = state.withLock { state in
      state.blocks.filter { $0.block.type.heap == heap }.reduce(0) { $0 + $1.block.byteCount }
    }
    return max(0, heaps[heap].byteCount - taken)
  }
}

/// A byte count for people: exact below 1 MiB, else in MiB with one decimal.
func mebibytes(_ byteCount: Int) -> String {
  guard byteCount >= 1 << 20 else { return "\(byteCount) bytes" }
  let tenths = byteCount / ((1 << 20) / 10)
  return "\(tenths / 10).\(tenths % 10) MiB"
}
