internal import CVulkan

/// The descriptor sets of one recording, written once.
final class DescriptorMemory: Sendable {
  let device: LogicalDevice
  private let pool: Handle<DescriptorPoolObject>

  init(_ device: LogicalDevice, setCount: Int, descriptorCount: Int) throws(GPUError) {
    self.device = device
    var raw: VkDescriptorPool?
    try device.call("vkCreateDescriptorPool") {
      kalsae_create_descriptor_pool(device.raw, UInt32(setCount), UInt32(max(1, descriptorCount)), &raw)
    }
    pool = try Handle(raw, from: "vkCreateDescriptorPool")
  }

  deinit {
    guard !device.isGivenUp else { return }
    vkDestroyDescriptorPool(device.raw, pool.raw, nil)
  }

  /// A set in which binding i is `bindings[i]`.
  func makeSet(_ layout: Handle<SetLayoutObject>, _ bindings: [Binding]) throws(GPUError) -> Handle<DescriptorSetObject>
  {
    var raw: VkDescriptorSet?
    try device.call("vkAllocateDescriptorSets") { kalsae_allocate_set(device.raw, pool.raw, layout.raw, &raw) }
    let set = try Handle<DescriptorSetObject>(raw, from: "vkAllocateDescriptorSets")
    for (index, binding) in bindings.enumerated() {
      let range = try binding.descriptorRange(maximum: device.physical.maximumStorageBufferRange)
      kalsae_write_binding(
        device.raw, set.raw, UInt32(index), binding.slice.buffer.handle.raw, UInt64(range.lowerBound),
        UInt64(range.count))
    }
    return set
  }
}
