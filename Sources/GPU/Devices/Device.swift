internal import CVulkan
import Synchronization

/// An opened device: memory, pipelines, recordings.
///
/// All methods may be called from any thread, but those that wait for the device (`write`, `read`, `fill`,
/// `checkGuards`, `Pending.wait`) block theirs: call them on a `QueueThread`. Everything made by it keeps the driver's
/// device alive, so that nothing is used after its end.
package final class Device: Sendable {
  package let physical: PhysicalDevice
  package let options: DeviceOptions
  let logical: LogicalDevice
  let queue: Queue
  let memory: MemoryPool
  let staging: StagingBuffers
  private let pipelineCache: PipelineCache

  /// - Throws: `GPUError` where the device is rejected or the driver refuses.
  package init(
    _ physical: PhysicalDevice, instance: Instance, options: DeviceOptions = DeviceOptions()
  ) throws(GPUError) {
    self.physical = physical
    self.options = options
    logical = try LogicalDevice(physical, instance: instance, options: options)
    queue = try Queue(logical)
    memory = MemoryPool(logical)
    staging = StagingBuffers(memory)
    pipelineCache = try PipelineCache(logical)
  }

  /// Another opening of the same physical device, with queue and memory of its own and without a cache file.
  package func reopened() throws(GPUError) -> Device {
    var options = options
    options.pipelineCacheDirectory = nil
    return try Device(physical, instance: logical.instance, options: options)
  }

  /// Whether nothing can be submitted any more; a new `Device` may work.
  package var isLost: Bool { logical.isLost }

  /// A buffer with undefined contents.
  ///
  /// - Throws: `.outOfMemory` that says how much is missing on which heap, `.invalid` where no buffer can be so large.
  package func allocate(byteCount: Int, memory place: MemoryPlace, label: String) throws(GPUError) -> Buffer {
    let buffer = try Buffer(memory, byteCount: byteCount, place: place, label: label)
    if options.guardByteCount > 0 { try fillWithPattern(buffer) }
    return buffer
  }

  /// Compiles a shader, or takes it from the cache.
  package func makePipeline(_ description: PipelineDescription) throws(GPUError) -> Pipeline {
    let pipeline = try Pipeline(logical, description, cache: pipelineCache.handle)
    pipelineCache.noteUse()
    return pipeline
  }

  /// Writes the compiled pipelines to the cache file; also done when the device ends.
  package func savePipelineCache() { pipelineCache.save() }

  /// An empty list of dispatches.
  ///
  /// - Parameter timestampSpacing: so many dispatches, at least one, lie between two timestamps, from which
  ///   `Executable.timings` tells how long they took; nil writes none.
  package func makeRecording(label: String, timestampSpacing: Int? = nil) throws(GPUError) -> Recording {
    Recording(self, label: label, timestampSpacing: timestampSpacing)
  }

  /// Blocks until everything that was submitted is done.
  package func waitForAll() throws(GPUError) { try queue.waitForAll() }

  /// Keeps objects alive until the timeline has reached `value`, or everything submitted so far is done.
  package func retire(_ objects: [any AnyObject & Sendable], after value: UInt64? = nil) {
    queue.retire(objects, after: value ?? queue.lastValue)
  }

  /// Bytes in live buffers, guards and staging included.
  package var usedByteCount: Int { memory.usedByteCount }
  /// The most that `usedByteCount` ever was.
  package var peakByteCount: Int { memory.peakByteCount }
  /// Bytes that the driver gave, in blocks that buffers share.
  package var reservedByteCount: Int { memory.reservedByteCount }
  /// The heaps with what this process may use and uses at this moment.
  package func budget() -> [MemoryHeap] { memory.budget() }
}
