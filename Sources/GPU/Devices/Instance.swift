internal import CVulkan
import Dispatch
import Foundation
import Synchronization

/// The Vulkan loader with its drivers; where no driver is installed, an instance without devices.
///
/// Sendable: the handles are never changed, and listing devices is free-threaded in Vulkan.
package final class Instance: @unchecked Sendable {
  /// What validation said so far; keep it to hear what is said when the instance ends.
  package let messageLog: MessageLog
  /// Whether the validation layer is loaded.
  package let isValidating: Bool
  /// Whether that layer checks every access of a shader.
  let checksAccesses: Bool
  let handle: VkInstance?
  private let messenger: VkDebugUtilsMessengerEXT?
  /// Every instance between its making and its end.
  private static let living = DispatchGroup()

  /// - Throws: `GPUError` where the validation layer is asked for and not installed, or the loader fails.
  package init(_ options: InstanceOptions = InstanceOptions()) throws(GPUError) {
    messageLog = MessageLog(onMessage: options.onMessage)
    isValidating = options.validation
    checksAccesses = options.validation && options.gpuAssistedValidation
    if options.validation { try Self.requireValidationLayer() }
    var request = KalsaeInstanceRequest(
      validation: VkBool32(options.validation ? VK_TRUE : VK_FALSE),
      synchronizationValidation: VkBool32(options.synchronizationValidation ? VK_TRUE : VK_FALSE),
      gpuAssistedValidation: VkBool32(options.gpuAssistedValidation ? VK_TRUE : VK_FALSE),
      onMessage: MessageLog.callback, userData: Unmanaged.passUnretained(messageLog).toOpaque())
    var instance: VkInstance?
    let result = VulkanResult(code: kalsae_create_instance(&request, &instance).rawValue)
    // The loader's answer where not one driver is installed.
    guard result != .incompatibleDriver else {
      (handle, messenger) = (nil, nil)
      return
    }
    guard result == .success, let instance else {
      throw .failed(result, call: "vkCreateInstance", device: "the Vulkan loader")
    }
    handle = instance
    var messenger: VkDebugUtilsMessengerEXT?
    if options.validation {
      let result = VulkanResult(code: kalsae_create_messenger(instance, &request, &messenger).rawValue)
      guard result == .success else {
        vkDestroyInstance(instance, nil)
        throw .failed(result, call: "vkCreateDebugUtilsMessengerEXT", device: "the Vulkan loader")
      }
    }
    self.messenger = messenger
    Self.living.enter()
  }

  deinit {
    guard let handle else { return }
    if let messenger { kalsae_destroy_messenger(handle, messenger) }
    vkDestroyInstance(handle, nil)
    // The layer holds the log's address until here.
    withExtendedLifetime(messageLog) {}
    Self.living.leave()
  }

  /// Whether a driver hangs and stays loaded.
  private static let isStuck = Atomic(false)

  /// Keeps the driver loaded for good.
  func abandon() {
    _ = Unmanaged.passRetained(self)
    Self.isStuck.store(true, ordering: .releasing)
  }

  /// Blocks the thread until every instance has ended, for `seconds` at most.
  ///
  /// Ending one unloads drivers and layers, which must not happen while `exit` runs their handlers on another thread. Call it
  /// before `exit`: the last reference may still be on its way on a `QueueThread`.
  /// - Returns: whether all have ended.
  package static func waitUntilAllEnded(seconds: Double) -> Bool {
    !isStuck.load(ordering: .acquiring) && living.wait(timeout: .now() + seconds) == .success
  }

  /// What validation said so far.
  package var validationMessages: [String] { messageLog.messages }

  /// Every device of every driver, also those that cannot be used (`rejection` says why); empty without drivers.
  package func physicalDevices() throws(GPUError) -> [PhysicalDevice] {
    guard let handle else { return [] }
    var count: UInt32 = 0
    try Self.check(vkEnumeratePhysicalDevices(handle, &count, nil), "vkEnumeratePhysicalDevices")
    var handles = [VkPhysicalDevice?](repeating: nil, count: Int(count))
    try Self.check(vkEnumeratePhysicalDevices(handle, &count, &handles), "vkEnumeratePhysicalDevices")
    var devices: [PhysicalDevice] = []
    for case let raw? in handles.prefix(Int(count)) {
      devices.append(try PhysicalDeviceQuery(instance: handle, device: raw).describe(index: devices.count))
    }
    return devices
  }

  /// The environment variables, as `NAME=value`, that change which drivers, devices and layers Vulkan shows.
  package static var environmentNotes: [String] {
    let names: Set = [
      "MESA_VK_DEVICE_SELECT", "MESA_VK_DEVICE_SELECT_FORCE_DEFAULT_DEVICE", "VK_DRIVER_FILES", "VK_ICD_FILENAMES",
      "VK_ADD_DRIVER_FILES", "VK_LAYER_PATH", "VK_ADD_LAYER_PATH", "VK_INSTANCE_LAYERS", "VK_LAYER_ENABLES",
      "DRI_PRIME", "LP_NUM_THREADS", "LP_NATIVE_VECTOR_WIDTH", "CUDA_VISIBLE_DEVICES",
    ]
    return ProcessInfo.processInfo.environment
      .filter { names.contains($0.key) || $0.key.hasPrefix("VK_LOADER_") }
      .map { "\($0.key)=\($0.value)" }.sorted()
  }

  private static func check(_ result: VkResult, _ call: String) throws(GPUError) {
    let result = VulkanResult(code: result.rawValue)
    // VK_INCOMPLETE: a device appeared between the two calls; the list is short, not wrong.
    guard result == .success || result == .incomplete else {
      throw .failed(result, call: call, device: "the Vulkan loader")
    }
  }

  private static func requireValidationLayer() throws(GPUError) {
    var count: UInt32 = 0
    try check(vkEnumerateInstanceLayerProperties(&count, nil), "vkEnumerateInstanceLayerProperties")
    var layers = [VkLayerProperties](repeating: VkLayerProperties(), count: Int(count))
    try check(vkEnumerateInstanceLayerProperties(&count, &layers), "vkEnumerateInstanceLayerProperties")
    guard layers.prefix(Int(count)).contains(where: { text($0.layerName) == "VK_LAYER_KHRONOS_validation" }) else {
      throw GPUError(
        .notFound, "the Vulkan validation layer is not installed: install the package vulkan-validationlayers")
    }
  }
}

/// The text in a C array of characters, which Swift imports as a tuple.
func text<Characters>(_ characters: Characters) -> String {
  withUnsafeBytes(of: characters) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
}
