internal import CVulkan
import Synchronization

/// A written command buffer with all that it uses; when it goes, that stays alive until its last submission is done.
final class RecordedWork: Sendable {
  let device: Device
  let label: String
  let commands: [RecordedCommand]
  private let memory: CommandMemory
  private let descriptors: DescriptorMemory?
  private let timestamps: Timestamps?
  private let used: [Queue.Resource]
  private let labels: [String]
  private let lastValue = Mutex<UInt64>(0)

  init(
    _ device: Device, label: String, dispatches: [Recording.Dispatch], commands: [RecordedCommand],
    timestampSpacing: Int?
  ) throws(GPUError) {
    let logical = device.logical
    guard timestampSpacing == nil || device.physical.hasTimestamps else {
      throw .invalid("\(device.physical.name) has no timestamps on its compute queue")
    }
    self.device = device
    self.label = label
    self.commands = commands
    labels = dispatches.map(\.label)
    memory = try CommandMemory(logical)
    logical.setName(label, of: memory.commands.raw, type: VK_OBJECT_TYPE_COMMAND_BUFFER)
    let descriptorCount = dispatches.reduce(0) { $0 + $1.bindings.count }
    descriptors =
      dispatches.isEmpty
      ? nil : try DescriptorMemory(logical, setCount: dispatches.count, descriptorCount: descriptorCount)
    timestamps = try timestampSpacing.map { spacing throws(GPUError) in
      try Timestamps(logical, dispatchCount: dispatches.count, spacing: spacing)
    }
    var used: [ObjectIdentifier: Queue.Resource] = [:]
    var sets: [Handle<DescriptorSetObject>] = []
    for dispatch in dispatches {
      used[ObjectIdentifier(dispatch.pipeline)] = dispatch.pipeline
      for binding in dispatch.bindings { used[ObjectIdentifier(binding.slice.buffer)] = binding.slice.buffer }
      if let descriptors { sets.append(try descriptors.makeSet(dispatch.pipeline.setLayout, dispatch.bindings)) }
    }
    self.used = Array(used.values)
    let clock = self.timestamps
    try memory.record { raw in
      clock?.begin(raw)
      for (index, (dispatch, set)) in zip(dispatches, sets).enumerated() {
        Self.write(dispatch, set, to: raw)
        clock?.mark(raw, after: index)
      }
    }
  }

  deinit {
    var resources = used
    resources.append(memory)
    if let descriptors { resources.append(descriptors) }
    if let timestamps { resources.append(timestamps) }
    device.queue.retire(resources, after: lastValue.withLock { $0 })
  }

  func submit(repeatCount: Int) throws(GPUError) -> UInt64 {
    let most = 4096
    guard repeatCount >= 1, repeatCount <= most else {
      throw .invalid("\(label) is to be submitted \(repeatCount) times, 1 to \(most) are possible")
    }
    let value = try device.queue.submit(memory.commands, repeatCount: repeatCount)
    lastValue.withLock { $0 = value }
    return value
  }

  func timings() throws(GPUError) -> [DispatchTiming] {
    guard let timestamps else { throw .invalid("\(label) was recorded without timestamps") }
    guard lastValue.withLock({ $0 }) > 0 else { throw .invalid("\(label) has not run yet") }
    return try timestamps.read().enumerated().map {
      DispatchTiming(label: labels[$0 * timestamps.spacing], nanoseconds: $1)
    }
  }

  private static func write(
    _ dispatch: Recording.Dispatch, _ set: Handle<DescriptorSetObject>, to raw: OpaquePointer
  ) {
    if dispatch.needsBarrier { kalsae_barrier_compute(raw) }
    let pipeline = dispatch.pipeline
    kalsae_bind(raw, pipeline.handle.raw, pipeline.layout.raw, set.raw)
    if !dispatch.pushConstants.isEmpty {
      dispatch.pushConstants.withUnsafeBytes { bytes in
        kalsae_push_constants(raw, pipeline.layout.raw, UInt32(bytes.count), bytes.baseAddress)
      }
    }
    vkCmdDispatch(raw, UInt32(dispatch.groups.x), UInt32(dispatch.groups.y), UInt32(dispatch.groups.z))
  }
}
