internal import CVulkan

/// How long one dispatch, or those between two timestamps, took on the device, the wait for the barrier before included.
package struct DispatchTiming: Hashable, Sendable {
  /// The first dispatch's.
  package let label: String
  package let nanoseconds: Double
}

/// The times at which every `spacing`th dispatch of one recording ended, and the time before the first.
final class Timestamps: Sendable {
  let device: LogicalDevice
  let handle: Handle<TimestampsObject>
  let spacing: Int
  private let count: Int

  init(_ device: LogicalDevice, dispatchCount: Int, spacing: Int) throws(GPUError) {
    self.device = device
    self.spacing = max(1, spacing)
    count = dispatchCount / self.spacing + 1
    let queryCount = UInt32(count)
    var raw: VkQueryPool?
    try device.call("vkCreateQueryPool") { kalsae_create_timestamps(device.raw, queryCount, &raw) }
    handle = try Handle(raw, from: "vkCreateQueryPool")
  }

  deinit {
    guard !device.isGivenUp else { return }
    vkDestroyQueryPool(device.raw, handle.raw, nil)
  }

  func begin(_ commands: OpaquePointer) {
    vkCmdResetQueryPool(commands, handle.raw, 0, UInt32(count))
    kalsae_write_timestamp(commands, handle.raw, 0)
  }

  func mark(_ commands: OpaquePointer, after dispatch: Int) {
    guard (dispatch + 1).isMultiple(of: spacing) else { return }
    kalsae_write_timestamp(commands, handle.raw, UInt32((dispatch + 1) / spacing))
  }

  /// The durations from each to the next; call it when the work is done.
  func read() throws(GPUError) -> [Double] {
    var ticks = [UInt64](repeating: 0, count: count)
    try device.call("vkGetQueryPoolResults") {
      vkGetQueryPoolResults(
        device.raw, handle.raw, 0, UInt32(count), count * 8, &ticks, 8, VK_QUERY_RESULT_64_BIT.rawValue)
    }
    let period = device.physical.timestampPeriodNanoseconds
    return (1..<count).map { ticks[$0] > ticks[$0 - 1] ? Double(ticks[$0] - ticks[$0 - 1]) * period : 0 }
  }
}
