internal import CVulkan

/// One command buffer with the pool that it lies in.
final class CommandMemory: Sendable {
  let device: LogicalDevice
  let commands: Handle<CommandsObject>
  private let pool: Handle<CommandPoolObject>

  init(_ device: LogicalDevice) throws(GPUError) {
    self.device = device
    var rawPool: VkCommandPool?
    try device.call("vkCreateCommandPool") {
      kalsae_create_command_pool(device.raw, device.physical.computeQueueFamily, &rawPool)
    }
    let pool = try Handle<CommandPoolObject>(rawPool, from: "vkCreateCommandPool")
    var rawCommands: VkCommandBuffer?
    do throws(GPUError) {
      try device.call("vkAllocateCommandBuffers") { kalsae_allocate_commands(device.raw, pool.raw, &rawCommands) }
      commands = try Handle(rawCommands, from: "vkAllocateCommandBuffers")
    } catch {
      vkDestroyCommandPool(device.raw, pool.raw, nil)
      throw error
    }
    self.pool = pool
  }

  deinit {
    guard !device.isGivenUp else { return }
    vkDestroyCommandPool(device.raw, pool.raw, nil)
  }

  /// Records what `body` writes between a barrier against all that was before and one towards all that follows.
  func record(_ body: (OpaquePointer) -> Void) throws(GPUError) {
    try device.call("vkBeginCommandBuffer") { kalsae_begin_commands(commands.raw) }
    kalsae_barrier_before_all(commands.raw)
    body(commands.raw)
    kalsae_barrier_after_all(commands.raw)
    try device.call("vkEndCommandBuffer") { vkEndCommandBuffer(commands.raw) }
  }
}
