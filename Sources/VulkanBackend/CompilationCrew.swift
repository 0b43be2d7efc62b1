import Foundation
package import GPU
import Ops
import ShaderCompiler
import Synchronization

/// Compiles what plans launch, on all cores.
///
/// Drivers of GPUs compile a pipeline where it is made. CPU drivers do it when it is first dispatched, on the one thread of a
/// device's queue: further openings of the device compile others meanwhile, and the driver's own cache hands the code over.
package struct CompilationCrew: Sendable {
  let device: Device
  let pack: KernelPack
  let profile: DeviceProfile
  package var coreCount = ProcessInfo.processInfo.activeProcessorCount

  /// What takes longer at its first dispatch was in no cache.
  package var coldSeconds = 0.05

  package init(_ backend: VulkanBackend) {
    device = backend.device
    pack = backend.pack
    profile = backend.profile
  }

  /// The pipelines of `launches`, compiled.
  package func pipelines(for launches: [Launch]) throws -> [Pipeline] {
    let pipelines = try concurrentMap(launches.count) { index in
      Result { try pipeline(for: launches[index], on: device) }
    }
    .map { try $0.get() }
    if device.physical.kind == .cpu, launches.count > 1 { compileByDispatch(launches, pipelines) }
    return pipelines
  }

  private func pipeline(for launch: Launch, on device: Device) throws -> Pipeline {
    try device.makePipeline(PipelineDescription(launch, pack: pack, profile: profile))
  }

  /// Openings share what is left once a launch turns out to be in no cache. What fails here does so again at its first use.
  private func compileByDispatch(_ launches: [Launch], _ pipelines: [Pipeline]) {
    let next = Mutex(0)
    @Sendable func takeIndex() -> Int? {
      next.withLock { next in
        guard next < launches.count else { return nil }
        next += 1
        return next - 1
      }
    }
    guard let own = try? Worker(device) else { return }
    while let index = takeIndex() {
      let start = ContinuousClock.now
      try? own.dispatch(launches[index], pipelines[index])
      if start.secondsUntilNow > coldSeconds { break }
    }
    let restCount = launches.count - next.withLock { $0 }
    _ = concurrentMap(min(coreCount, restCount)) { number in
      let opened = number == 0 ? own : try? Worker(device.reopened())
      guard let worker = opened else { return }
      while let index = takeIndex() {
        let pipeline = number == 0 ? pipelines[index] : try? pipeline(for: launches[index], on: worker.device)
        if let pipeline { try? worker.dispatch(launches[index], pipeline) }
      }
    }
  }
}

/// One opening with zeros to bind: a step of no tokens, for which kernels have nothing to do.
private struct Worker: Sendable {
  let device: Device
  private let zeros: Buffer

  /// At least the head of a step.
  private static let bindingByteCount = 1 << 16
  private static let mostBindings = 16

  init(_ device: Device) throws {
    self.device = device
    zeros = try device.allocate(
      byteCount: Self.mostBindings * Self.bindingByteCount, memory: .device, label: "no rows")
    try device.fill(zeros.slice, word: 0)
  }

  func dispatch(_ launch: Launch, _ pipeline: Pipeline) throws {
    var recording = try device.makeRecording(label: "compile \(launch.variant)")
    let bindings = (0..<pipeline.bindingCount).map { index in
      Binding(zeros.slice(offset: index * Self.bindingByteCount, byteCount: Self.bindingByteCount), .read)
    }
    try recording.dispatch(
      pipeline, bindings: bindings, pushConstants: launch.pushConstants, groups: (1, 1, 1), label: launch.variant)
    _ = try recording.finish().submit().wait()
  }
}
