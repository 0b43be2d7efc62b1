internal import CVulkan

/// One piece of memory taken from the driver, mapped for its whole life where the processor can see it.
final class MemoryBlock: Sendable {
  let device: LogicalDevice
  let type: MemoryType
  let byteCount: Int
  let handle: Handle<MemoryObject>
  /// The address of its first byte; nil where it is not mapped.
  let address: UInt?

  init(_ device: LogicalDevice, type: MemoryType, byteCount: Int) throws(GPUError) {
    var memory: VkDeviceMemory?
    try device.call("vkAllocateMemory") {
      kalsae_allocate_memory(device.raw, UInt32(type.index), UInt64(byteCount), &memory)
    }
    let handle = try Handle<MemoryObject>(memory, from: "vkAllocateMemory")
    var pointer: UnsafeMutableRawPointer?
    if type.isHostVisible {
      do throws(GPUError) {
        try device.call("vkMapMemory") { vkMapMemory(device.raw, handle.raw, 0, VkDeviceSize(byteCount), 0, &pointer) }
      } catch {
        vkFreeMemory(device.raw, handle.raw, nil)
        throw error
      }
    }
    self.device = device
    self.type = type
    self.byteCount = byteCount
    self.handle = handle
    self.address = pointer.map { UInt(bitPattern: $0) }
  }

  deinit {
    guard !device.isGivenUp else { return }
    vkFreeMemory(device.raw, handle.raw, nil)
  }

  /// Makes what the processor wrote visible to the device.
  func flush(_ range: Range<Int>) throws(GPUError) {
    guard !type.isHostCoherent else { return }
    let whole = atoms(range)
    try device.call("vkFlushMappedMemoryRanges") {
      kalsae_flush(device.raw, handle.raw, UInt64(whole.lowerBound), UInt64(whole.count))
    }
  }

  /// Makes what the device wrote visible to the processor.
  func invalidate(_ range: Range<Int>) throws(GPUError) {
    guard !type.isHostCoherent else { return }
    let whole = atoms(range)
    try device.call("vkInvalidateMappedMemoryRanges") {
      kalsae_invalidate(device.raw, handle.raw, UInt64(whole.lowerBound), UInt64(whole.count))
    }
  }

  /// The range widened to the unit in which non-coherent memory moves.
  private func atoms(_ range: Range<Int>) -> Range<Int> {
    let atom = device.physical.nonCoherentAtomByteCount
    let end = min(range.upperBound.roundedUp(to: atom), byteCount)
    return range.lowerBound / atom * atom..<end
  }
}
