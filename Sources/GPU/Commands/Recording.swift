internal import CVulkan

/// A list of dispatches in the making; `finish` turns it into an `Executable`, once.
///
/// Barriers are derived from the accesses, nobody writes one by hand.
package struct Recording: ~Copyable {
  struct Dispatch {
    var pipeline: Pipeline
    var bindings: [Binding]
    var pushConstants: [UInt8]
    var groups: (x: Int, y: Int, z: Int)
    var label: String
    var needsBarrier: Bool
  }

  package let label: String
  private let device: Device
  private let timestampSpacing: Int?
  private var dispatches: [Dispatch] = []
  private var tracker = HazardTracker()

  init(_ device: Device, label: String, timestampSpacing: Int?) {
    self.device = device
    self.label = label
    self.timestampSpacing = timestampSpacing
  }

  package var dispatchCount: Int { dispatches.count }

  /// Appends one dispatch; binding i of set 0 is `bindings[i]`.
  ///
  /// - Throws: `.invalid` where counts, ranges or the grid do not fit the pipeline or the device.
  package mutating func dispatch(
    _ pipeline: Pipeline, bindings: [Binding], pushConstants: [UInt8], groups: (x: Int, y: Int, z: Int), label: String
  ) throws(GPUError) {
    try check(pipeline, bindings, pushConstants, groups, label)
    let needsBarrier = tracker.needsBarrier(before: bindings.map(\.byteAccess)) && !device.options.omitsBarriers
    dispatches.append(
      Dispatch(
        pipeline: pipeline, bindings: bindings, pushConstants: pushConstants, groups: groups, label: label,
        needsBarrier: needsBarrier))
  }

  /// Writes the command buffer; with `DeviceOptions.auditsHazards` it is checked first.
  package consuming func finish() throws(GPUError) -> Executable {
    let commands = dispatches.flatMap { dispatch -> [RecordedCommand] in
      let command = RecordedCommand.dispatch(label: dispatch.label, accesses: dispatch.bindings.map(\.byteAccess))
      return dispatch.needsBarrier ? [.barrier, command] : [command]
    }
    if device.options.auditsHazards, let finding = HazardAuditor.findings(in: commands).first {
      throw GPUError(.hazard, "recording \(label): \(finding)")
    }
    return Executable(
      try RecordedWork(
        device, label: label, dispatches: dispatches, commands: commands, timestampSpacing: timestampSpacing))
  }

  /// Takes a derived barrier away: how tests show that the auditor would see its absence.
  package mutating func removeBarrier(before dispatch: Int) {
    guard dispatches.indices.contains(dispatch) else { return }
    dispatches[dispatch].needsBarrier = false
  }

  private func check(
    _ pipeline: Pipeline, _ bindings: [Binding], _ pushConstants: [UInt8], _ groups: (x: Int, y: Int, z: Int),
    _ label: String
  ) throws(GPUError) {
    let physical = device.physical
    guard pipeline.device === device.logical else {
      throw .invalid("\(label): the pipeline \(pipeline.label) belongs to another device")
    }
    guard bindings.count == pipeline.bindingCount else {
      throw .invalid("\(label): \(pipeline.label) has \(pipeline.bindingCount) bindings, \(bindings.count) are given")
    }
    guard pushConstants.count == pipeline.pushConstantByteCount else {
      throw .invalid(
        "\(label): \(pipeline.label) takes \(pipeline.pushConstantByteCount) bytes of push constants, "
          + "\(pushConstants.count) are given")
    }
    let most = physical.maximumWorkgroupCount
    guard groups.x > 0, groups.y > 0, groups.z > 0, groups.x <= most.x, groups.y <= most.y, groups.z <= most.z else {
      throw .invalid(
        "\(label): \(groups.x) × \(groups.y) × \(groups.z) groups; \(physical.name) takes 1 to "
          + "\(most.x) × \(most.y) × \(most.z)")
    }
    for binding in bindings {
      guard binding.slice.buffer.pool.device === device.logical else {
        throw .invalid("\(label): the buffer \(binding.slice.buffer.label) belongs to another device")
      }
      _ = try binding.descriptorRange(maximum: physical.maximumStorageBufferRange)
    }
  }
}
