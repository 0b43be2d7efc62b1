internal import CVulkan
import Synchronization

/// Vulkan's store of compiled pipelines, kept in a checked file between runs.
final class PipelineCache: Sendable {
  let handle: Handle<PipelineCacheObject>
  private let device: LogicalDevice
  private let file: PipelineCacheFile?
  private let state: Mutex<State>

  private struct State {
    var isUsed = false
    /// Of what the file holds.
    var digest: Int
  }

  init(_ device: LogicalDevice) throws(GPUError) {
    self.device = device
    file = device.options.pipelineCacheDirectory.map {
      PipelineCacheFile(directory: $0, identity: PipelineCacheIdentity(device.physical))
    }
    let bytes = file?.load() ?? []
    state = Mutex(State(digest: bytes.hashValue))
    handle = try Self.make(device, bytes)
  }

  deinit {
    save()
    guard !device.isGivenUp else { return }
    vkDestroyPipelineCache(device.raw, handle.raw, nil)
  }

  /// A pipeline was made: the file may no longer hold all.
  func noteUse() { state.withLock { $0.isUsed = true } }

  /// Writes the file; a cache that cannot be written is no fault, the next start is slower.
  func save() {
    guard let file, !device.isLost, state.withLock({ $0.isUsed }), let bytes = try? data(), !bytes.isEmpty else {
      return
    }
    let digest = bytes.hashValue
    guard digest != state.withLock({ $0.digest }), file.store(bytes) else { return }
    state.withLock { $0 = State(digest: digest) }
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
