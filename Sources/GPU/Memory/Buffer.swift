internal import CVulkan

/// Bytes that kernels read and write; compared by identity. Its contents are undefined until written or filled.
///
/// It gives its memory back when the last reference goes. Whatever submits work on it holds a reference until that work
/// is done.
package final class Buffer: Hashable, Sendable {
  package let label: String
  package let byteCount: Int
  package let place: MemoryPlace
  let pool: MemoryPool
  let handle: Handle<BufferObject>
  let piece: MemoryPool.Piece
  /// Where the caller's first byte is in the Vulkan buffer: behind the guard.
  let baseOffset: Int
  /// The size of the Vulkan buffer.
  let fullByteCount: Int
  /// What its guards hold.
  let guardWord: UInt32

  /// Kernels load words and vectors: the last one may begin inside and end outside of what was asked for.
  static let paddingByteCount = 16

  init(_ pool: MemoryPool, byteCount: Int, place: MemoryPlace, label: String) throws(GPUError) {
    let physical = pool.device.physical
    let guardByteCount = pool.device.options.guardByteCount.roundedUp(to: max(256, physical.storageBufferAlignment))
    baseOffset = pool.device.options.guardByteCount > 0 ? guardByteCount : 0
    let most = physical.maximumAllocationByteCount - 2 * baseOffset - Self.paddingByteCount
    guard byteCount > 0, byteCount <= most else {
      throw .invalid(
        "\(label) is to have \(byteCount) bytes; a buffer on \(physical.name) has 1 to \(most): split it by rows")
    }
    fullByteCount = baseOffset + byteCount.roundedUp(to: Self.paddingByteCount) + baseOffset
    guardWord = Self.guardWord(pool.buffers.makeNumber())
    self.label = label
    self.byteCount = byteCount
    self.place = place
    self.pool = pool
    (handle, piece) = try Self.make(pool, fullByteCount: fullByteCount, place: place, label: label)
    pool.buffers.add(self)
  }

  deinit {
    pool.buffers.remove(ObjectIdentifier(self))
    guard !pool.device.isGivenUp else { return }
    vkDestroyBuffer(pool.device.raw, handle.raw, nil)
    pool.give(piece)
  }

  /// All of it.
  package var slice: BufferSlice { BufferSlice(buffer: self, offset: 0, byteCount: byteCount) }

  /// `byteCount` bytes from `offset` on; `Device` and `Recording` refuse a slice that leaves the buffer.
  package func slice(offset: Int, byteCount: Int) -> BufferSlice {
    BufferSlice(buffer: self, offset: offset, byteCount: byteCount)
  }

  /// Whether the processor reaches it without a copy.
  package var isMapped: Bool {
    piece.block.address != nil && (place != .device || pool.device.options.mapsDeviceMemory)
  }

  /// Whether the processor's caches serve it.
  var isHostCached: Bool { piece.block.type.isHostCached }

  package static func == (left: Buffer, right: Buffer) -> Bool { left === right }

  package func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }

  /// The range of the memory block that holds `range` of the Vulkan buffer.
  func memoryRange(_ range: Range<Int>) -> Range<Int> {
    piece.range.lowerBound + range.lowerBound..<piece.range.lowerBound + range.upperBound
  }

  private static func make(
    _ pool: MemoryPool, fullByteCount: Int, place: MemoryPlace, label: String
  ) throws(GPUError) -> (Handle<BufferObject>, MemoryPool.Piece) {
    let device = pool.device
    var raw: VkBuffer?
    try device.call("vkCreateBuffer") { kalsae_create_buffer(device.raw, UInt64(fullByteCount), &raw) }
    let handle = try Handle<BufferObject>(raw, from: "vkCreateBuffer")
    device.setName(label, of: handle.raw, type: VK_OBJECT_TYPE_BUFFER)
    var needs = VkMemoryRequirements()
    vkGetBufferMemoryRequirements(device.raw, handle.raw, &needs)
    do throws(GPUError) {
      let candidates = MemoryTypePolicy.candidates(
        device.physical.memoryTypes, heaps: device.physical.heaps, allowedMask: needs.memoryTypeBits, place: place,
        byteCount: fullByteCount)
      let alignment = max(Int(clamping: needs.alignment), device.physical.nonCoherentAtomByteCount)
      let piece = try pool.take(
        byteCount: Int(clamping: needs.size).roundedUp(to: device.physical.nonCoherentAtomByteCount),
        alignment: alignment, candidates: candidates, label: label)
      do throws(GPUError) {
        try device.call("vkBindBufferMemory") {
          vkBindBufferMemory(device.raw, handle.raw, piece.block.handle.raw, VkDeviceSize(piece.range.lowerBound))
        }
      } catch {
        pool.give(piece)
        throw error
      }
      return (handle, piece)
    } catch {
      vkDestroyBuffer(device.raw, handle.raw, nil)
      throw error
    }
  }
}
