package import Foundation
import GPU
package import Ops
import ShaderCompiler

/// The dispatches of a step with all that they are given: enough to run them on another machine.
package struct CapturedStep: Sendable, Codable {
  package struct Dispatch: Sendable, Codable {
    package var variant: String
    /// SPIR-V, little-endian words.
    package var spirv: Data
    /// Constant id to the bits of its value.
    package var specialization: [UInt32: UInt32]
    /// Subgroup size that the pipeline demands; nil leaves it to the driver.
    package var subgroupSize: Int?
    package var pushConstants: Data
    package var groups: [Int]
    /// For each binding the index of its buffer and whether it is written.
    package var bindings: [BufferUse]
  }

  package struct BufferUse: Sendable, Codable {
    package var buffer: Int
    package var access: String
  }

  /// What each buffer holds before the first dispatch.
  package var buffers: [Data]
  package var dispatches: [Dispatch]
}

extension VulkanProgram {
  /// Captures a step before it runs.
  ///
  /// - Returns: the step, and for each of `reading` the buffers that hold it (one; keys and values for a cache).
  package func capture(
    _ inputs: StepInputs, values: [TensorID: [Float]], reading: [TensorID]
  ) async throws -> (step: CapturedStep, results: [TensorID: [Int]]) {
    try load(inputs, values: values)
    var slices: [BufferSlice] = []
    var buffers: [Data] = []
    func index(of slice: BufferSlice, isOutput: Bool) throws -> Int {
      if let known = slices.firstIndex(of: slice) { return known }
      slices.append(slice)
      // What a kernel must write begins as NaN, so that what it leaves out shows.
      let bytes = isOutput ? [UInt8](repeating: 0xff, count: slice.byteCount) : try backend.device.read(slice)
      buffers.append(Data(bytes))
      return slices.count - 1
    }
    var dispatches: [CapturedStep.Dispatch] = []
    for (step, launch) in try launches(for: inputs) {
      let accesses = backend.accesses(of: launch)
      var uses = [
        CapturedStep.BufferUse(buffer: try index(of: tensors.step, isOutput: false), access: accesses[0].name)
      ]
      for (binding, access) in zip(launch.bindings, accesses.dropFirst()) {
        let slice = try tensors.slice(for: binding, of: step)
        uses.append(
          CapturedStep.BufferUse(buffer: try index(of: slice, isOutput: binding.isWrittenFirst), access: access.name))
      }
      dispatches.append(try backend.captured(launch, bindings: uses))
    }
    var results: [TensorID: [Int]] = [:]
    for id in reading {
      let held = tensors.caches[id].map { [$0.keys, $0.values] } ?? [tensors.matrices[id]].compactMap(\.self)
      results[id] = held.compactMap { slices.firstIndex(of: $0) }
    }
    return (CapturedStep(buffers: buffers, dispatches: dispatches), results)
  }
}

extension VulkanBackend {
  nonisolated func captured(_ launch: Launch, bindings: [CapturedStep.BufferUse]) throws -> CapturedStep.Dispatch {
    let description = try PipelineDescription(launch, pack: pack, profile: profile)
    return CapturedStep.Dispatch(
      variant: launch.variant, spirv: Data(KernelPack.bytes(of: description.spirv)),
      specialization: description.specialization, subgroupSize: description.subgroupSize,
      pushConstants: Data(launch.pushConstants), groups: [launch.groups.x, launch.groups.y, 1], bindings: bindings)
  }

  /// Runs a captured step so many times and gives what its buffers hold afterwards, and what was written beside them.
  ///
  /// - Throws: `GPUError` where this device cannot run it.
  package func replay(_ step: CapturedStep, runCount: Int) throws -> (buffers: [[UInt8]], findings: [String]) {
    let buffers = try step.buffers.enumerated().map { index, data in
      let buffer = try device.allocate(byteCount: data.count, memory: .device, label: "replay \(index)")
      try device.write(buffer.slice, bytes: [UInt8](data))
      return buffer
    }
    var recording = try device.makeRecording(label: "replay")
    for dispatch in step.dispatches {
      let pipeline = try device.makePipeline(
        PipelineDescription(
          label: dispatch.variant, spirv: KernelPack.words(of: [UInt8](dispatch.spirv)),
          bindingCount: dispatch.bindings.count, pushConstantByteCount: dispatch.pushConstants.count,
          specialization: dispatch.specialization, subgroupSize: dispatch.subgroupSize))
      guard dispatch.groups.count == 3, dispatch.bindings.allSatisfy({ buffers.indices.contains($0.buffer) }) else {
        throw GPUError(.invalid, "the captured dispatch of \(dispatch.variant) is broken: capture it anew")
      }
      try recording.dispatch(
        pipeline,
        bindings: dispatch.bindings.map { Binding(buffers[$0.buffer].slice, Access(name: $0.access)) },
        pushConstants: [UInt8](dispatch.pushConstants),
        groups: (dispatch.groups[0], dispatch.groups[1], dispatch.groups[2]), label: dispatch.variant)
    }
    _ = try recording.finish().submit(repeatCount: runCount).wait()
    // Guards are only looked at while their buffer is alive.
    return try withExtendedLifetime(buffers) { (try buffers.map { try device.read($0.slice) }, try guardFindings()) }
  }
}

extension Access {
  fileprivate var name: String {
    switch self {
    case .read: "read"
    case .write: "write"
    case .readWrite: "read-write"
    }
  }

  fileprivate init(name: String) { self = name == "read" ? .read : name == "write" ? .write : .readWrite }
}
