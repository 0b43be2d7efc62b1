internal import CVulkan
import Synchronization

/// The opened device at the bottom: every other object on it holds this one, so that it is destroyed last.
final class LogicalDevice: Sendable {
  let physical: PhysicalDevice
  let instance: Instance
  let options: DeviceOptions
  let handle: Handle<DeviceObject>
  /// Why nothing may be submitted any more.
  private let loss = Mutex<GPUError?>(nil)
  /// Set where work hangs: destroying what a running kernel uses is undefined, so everything is left to the process end.
  private let isAbandoned = Mutex(false)

  init(_ physical: PhysicalDevice, instance: Instance, options: DeviceOptions) throws(GPUError) {
    if let rejection = physical.rejection { throw .invalid("\(physical.name) cannot be used: \(rejection)") }
    guard let physicalHandle = physical.handle else {
      throw GPUError(.notFound, "\(physical.name) was not listed by a Vulkan driver")
    }
    var features = PhysicalDeviceQuery.request(physical.features)
    var device: VkDevice?
    let result: VulkanResult =
      options.intercept?("vkCreateDevice")
      ?? VulkanResult(
        code: kalsae_create_device(physicalHandle.raw, physical.computeQueueFamily, &features, &device).rawValue)
    guard result == .success else { throw .failed(result, call: "vkCreateDevice", device: physical.name) }
    self.physical = physical
    self.instance = instance
    self.options = options
    self.handle = try Handle(device, from: "vkCreateDevice")
  }

  deinit {
    guard !isAbandoned.withLock({ $0 }) else { return }
    vkDestroyDevice(handle.raw, nil)
  }

  var raw: VkDevice { handle.raw }

  /// Makes one Vulkan call that can fail.
  ///
  /// - Throws: the typed failure; a lost device stays lost, and later calls are not made at all.
  func call(_ name: StaticString, _ body: () -> VkResult) throws(GPUError) {
    let result = try answer(name, body)
    guard result == .success else { throw GPUError.failed(result, call: "\(name)", device: physical.name) }
  }

  /// Makes one Vulkan call whose result is not only success or failure.
  func answer(_ name: StaticString, _ body: () -> VkResult) throws(GPUError) -> VulkanResult {
    if let loss = loss.withLock({ $0 }) { throw loss }
    let result = options.intercept?("\(name)") ?? VulkanResult(code: body().rawValue)
    if result == .deviceLost {
      let error = GPUError.failed(result, call: "\(name)", device: physical.name)
      declareLost(error)
      throw error
    }
    return result
  }

  /// Whether pipelines are made so that the driver answers questions about them.
  var capturesPipelineStatistics: Bool {
    options.capturesPipelineStatistics && physical.features.pipelineExecutableProperties
  }

  var isLost: Bool { loss.withLock { $0 != nil } }

  /// The first reason stays.
  func declareLost(_ reason: GPUError) { loss.withLock { $0 = $0 ?? reason } }

  /// Gives up on a device whose work does not end; its driver stays loaded.
  func abandon() {
    let wasAbandoned = isAbandoned.withLock { isAbandoned in
      defer { isAbandoned = true }
      return isAbandoned
    }
    if !wasAbandoned { instance.abandon() }
  }

  var isGivenUp: Bool { isAbandoned.withLock { $0 } }

  /// Names an object in validation messages.
  func setName(_ name: String, of handle: OpaquePointer, type: VkObjectType) {
    guard instance.isValidating, let instance = instance.handle else { return }
    kalsae_set_name(instance, raw, type, UnsafeRawPointer(handle), name)
  }
}
