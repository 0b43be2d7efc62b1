internal import CVulkan
import Synchronization

/// Vulkan's store of compiled pipelines, kept in a checked file between runs.
final class PipelineCache: Sendable {
  let handle: Handle<PipelineCacheObject>
  private let device: LogicalDevice
  private let file: PipelineCacheFile?
  private let isChanged = Mutex(false)

  init(_ device: LogicalDevice) throws(GPUError) {
    self.device = device
    file = device.options.pipelineCacheDirectory.map {
      PipelineCacheFile(directory: $0, identity: PipelineCacheIdentity(device.physical))
    }
    let bytes = file?.load() ?? []
    handle = try Self.make(device, bytes)
  }

  deinit {
    save()
    guard !device.isGivenUp else { return }
    vkDestroyPipelineCache(device.raw, handle.raw, nil)
  }

  /// A pipeline was made: the file no longer holds all.
  func noteUse() { isChanged.withLock { $0 = true } }

  /// Writes the file; a cache that cannot be written is no fault, the next start is slower.
  func save() {
    guard let file, !device.isLost, isChanged.withLock({ $0 }), let bytes = try? data(), !bytes.isEmpty else { return }
    if file.store(bytes) { isChanged.withLock { $0 = false } }
  }

  private static func make(_ device: LogicalDevice, _ bytes: [UInt8]) throws(GPUError) -> Handle<PipelineCacheObject> {
    var cache: VkPipelineCache?
    try device.call("vkCreatePipelineCache") { kalsae_create_pipeline_cache(device.raw, bytes, bytes.count, &cache) }
    return try Handle(cache, from: "vkCreatePipelineCache")
  }

  private func data() throws(GPUError) -> [UInt8] {
    var count = 0
    try device.call("vkGetPipelineCacheData") { vkGetPipelineCacheData(device.raw, handle.raw, &count, nil) }
    var bytes = [UInt8](repeating: 0, count: count)
    try device.call("vkGetPipelineCacheData") { vkGetPipelineCacheData(device.raw, handle.raw, &count, &bytes) }
    return Array(bytes.prefix(count))
  }
}
