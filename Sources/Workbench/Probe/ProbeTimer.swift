import GPU
import Ops
import VulkanBackend

/// Times probes on one device; its calls wait for the device, so they belong on the backend's thread.
struct ProbeTimer {
  private let device: Device

  /// Dispatches at the final size; the fastest counts, since all that disturbs makes slower.
  private static let repetitions = 3

  init(_ backend: VulkanBackend) { device = backend.device }

  /// Units per second of the fastest dispatch at a size that is long enough.
  func rate(of dispatch: ProbeDispatch) throws(GPUError) -> Double {
    var size = dispatch.growth.first
    while true {
      var seconds = try time(dispatch, size: size)
      if let next = dispatch.growth.next(after: size, seconds: seconds) {
        size = next
        continue
      }
      for _ in 1..<Self.repetitions { seconds = min(seconds, try time(dispatch, size: size)) }
      // The first dispatch of a pipeline may be long for another reason than its size.
      guard let next = dispatch.growth.next(after: size, seconds: seconds) else {
        return Double(size) * dispatch.unitsPerItem / seconds
      }
      size = next
    }
  }

  /// Seconds per dispatch of `count` dispatches in one submission, submission left out.
  ///
  /// - Parameter bindings: of each dispatch; where two touch the same bytes there is a barrier between.
  func secondsPerDispatch(
    _ pipeline: Pipeline, count: Int, bindings: (_ dispatch: Int) -> [Binding]
  ) throws(GPUError) -> Double {
    func fastest(_ count: Int) throws(GPUError) -> Double {
      var recording = try device.makeRecording(label: pipeline.label)
      for dispatch in 0..<count {
        try recording.dispatch(
          pipeline, bindings: bindings(dispatch), pushConstants: ProbeGeometry.constants(count: 0, rounds: 0),
          groups: (1, 1, 1), label: pipeline.label)
      }
      var executable = try recording.finish()
      var fastest = Double.infinity
      for _ in 0..<Self.repetitions {
        let start = ContinuousClock.now
        executable = try executable.submit().wait()
        fastest = min(fastest, start.secondsUntilNow)
      }
      return fastest
    }
    return max(0, try fastest(count) - fastest(1)) / Double(max(1, count - 1))
  }

  /// How long a dispatch took: by the device's clock where that can be true, else from submission to completion.
  static func seconds(device: Double?, wall: Double) -> Double {
    guard let device, device > 0, device <= wall else { return wall }
    return device
  }

  private func time(_ dispatch: ProbeDispatch, size: Int) throws(GPUError) -> Double {
    let (whole, hasTimestamps) = (dispatch.growth.whole, device.physical.hasTimestamps)
    let label = dispatch.pipeline.label
    var recording = try device.makeRecording(label: label, timestampSpacing: hasTimestamps ? 1 : nil)
    try recording.dispatch(
      dispatch.pipeline, bindings: dispatch.bindings,
      pushConstants: ProbeGeometry.constants(count: min(size, whole), rounds: max(1, size / whole)),
      groups: (dispatch.groupCount, 1, 1), label: label)
    let executable = try recording.finish()
    let start = ContinuousClock.now
    let done = try executable.submit().wait()
    let wall = start.secondsUntilNow
    let timing = hasTimestamps ? try done.timings().first : nil
    return Self.seconds(device: timing.map { $0.nanoseconds * 1e-9 }, wall: wall)
  }
}
