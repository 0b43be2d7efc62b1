import GPU

/// A dispatch that reads so much that the caches of a device hold nothing else afterwards.
package struct CacheFlush: Sendable {
  /// More than any device's last-level cache, little enough to read in some milliseconds.
  private static let byteCount = 192 << 20
  private static let workgroupSize = 64

  private let scratch: BufferSlice
  private let result: BufferSlice
  private let pipeline: Pipeline

  /// - Throws: `GPUError` where memory for it does not suffice.
  package init(_ backend: VulkanBackend) throws {
    let device = backend.device
    let byteCount = min(Self.byteCount, backend.profile.bindingByteCount)
    scratch = try device.allocate(byteCount: byteCount, memory: .device, label: "cache flush").slice
    result = try device.allocate(byteCount: 64, memory: .device, label: "cache flush result").slice
    try device.fill(scratch, word: 0)
    pipeline = try backend.probePipeline("probe_read", workgroupSize: Self.workgroupSize)
  }

  func record(into recording: inout Recording) throws(GPUError) {
    let vectors = scratch.byteCount / 16
    try recording.dispatch(
      pipeline, bindings: [Binding(scratch, .read), Binding(result, .write)],
      pushConstants: ProbeGeometry.constants(count: vectors, rounds: 1),
      groups: (ProbeGeometry.groups(items: vectors, perGroup: Self.workgroupSize), 1, 1), label: "cache flush")
  }
}
