import Foundation

/// How a device is opened.
package struct DeviceOptions: Sendable {
  /// Bytes of a known pattern before and after every buffer, so that `Device.checkGuards` sees what wrote beside it.
  package var guardByteCount = 0
  /// Checks every finished recording for touching accesses without a barrier between.
  package var auditsHazards = false
  /// How long submitted work may take before the device counts as hung.
  package var deadlineNanoseconds: UInt64 = 30_000_000_000
  /// Where compiled pipelines are kept between runs; nil keeps none.
  package var pipelineCacheDirectory: String? = DeviceOptions.defaultCacheDirectory
  /// The most bytes to take from the driver in all; nil leaves it to the live budget.
  package var memoryLimitByteCount: Int?
  /// False copies through staging buffers also where the device's memory could be written in place.
  package var mapsDeviceMemory = true
  /// Lets `Pipeline.statistics` and `Pipeline.texts` tell what the compiler made, where the driver can; drivers may then
  /// compile anew what they have cached.
  package var capturesPipelineStatistics = false
  /// Leaves out every barrier between dispatches, to show what sees their absence.
  package var omitsBarriers = false
  /// Asked before each Vulkan call that can fail: a result other than nil is used instead of making the call.
  ///
  /// Tests plant out-of-memory, device loss and time-outs with it.
  package var intercept: (@Sendable (_ call: String) -> VulkanResult?)?

  package init(
    guardByteCount: Int = 0, auditsHazards: Bool = false, deadlineNanoseconds: UInt64 = 30_000_000_000,
    pipelineCacheDirectory: String? = DeviceOptions.defaultCacheDirectory,
    memoryLimitByteCount: Int? = nil, mapsDeviceMemory: Bool = true,
    capturesPipelineStatistics: Bool = false, intercept: (@Sendable (_ call: String) -> VulkanResult?)? = nil
  ) {
    self.guardByteCount = guardByteCount
    self.auditsHazards = auditsHazards
    self.deadlineNanoseconds = deadlineNanoseconds
    self.pipelineCacheDirectory = pipelineCacheDirectory
    self.memoryLimitByteCount = memoryLimitByteCount
    self.mapsDeviceMemory = mapsDeviceMemory
    self.capturesPipelineStatistics = capturesPipelineStatistics
    self.intercept = intercept
  }

  /// `$XDG_CACHE_HOME/kalsae`, else `~/.cache/kalsae`; nil where neither variable holds an absolute path.
  package static var defaultCacheDirectory: String? {
    let environment = ProcessInfo.processInfo.environment
    if let cache = environment["XDG_CACHE_HOME"], cache.hasPrefix("/") { return cache + "/kalsae" }
    if let home = environment["HOME"], home.hasPrefix("/") { return home + "/.cache/kalsae" }
    return nil
  }
}
