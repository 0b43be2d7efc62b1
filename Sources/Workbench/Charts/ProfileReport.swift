/// Where the time of a run went on a device.
package struct ProfileReport: Codable, Hashable, Sendable {
  package var device: String
  package var driver: String
  /// When, as people read it.
  package var date: String
  package var command: String
  package var model: String
  /// Tokens that the profiled steps computed.
  package var tokens: Int
  package var kernels: [KernelShare]
  /// In the order in which they ran.
  package var steps: [StepTiming]
  package var limits: ProbedLimits
  /// From the first submission to the last answer.
  package var wallSeconds: Double
  /// Of it, the time when no kernel ran.
  package var gapSeconds: Double

  package init(
    device: String, driver: String, date: String, command: String, model: String, tokens: Int, kernels: [KernelShare],
    steps: [StepTiming], limits: ProbedLimits, wallSeconds: Double, gapSeconds: Double
  ) {
    self.device = device
    self.driver = driver
    self.date = date
    self.command = command
    self.model = model
    self.tokens = tokens
    self.kernels = kernels
    self.steps = steps
    self.limits = limits
    self.wallSeconds = wallSeconds
    self.gapSeconds = gapSeconds
  }

  /// The kernels that the steps add up to, longest first.
  package static func kernels(of steps: [StepTiming]) -> [KernelShare] {
    var shares: [String: KernelShare] = [:]
    for step in steps {
      var share =
        shares[step.kernel]
        ?? KernelShare(
          name: step.kernel, calls: 0,
          work: DeviceWork(seconds: 0, byteCount: 0, floatOperations: 0, arithmetic: step.work.arithmetic))
      share.calls += 1
      share.work.seconds += step.work.seconds
      share.work.byteCount += step.work.byteCount
      share.work.floatOperations += step.work.floatOperations
      shares[step.kernel] = share
    }
    return shares.values.sorted { ($0.work.seconds, $1.name) > ($1.work.seconds, $0.name) }
  }

  /// The kernels on the device's roofs.
  package var roofline: RooflinePlot {
    let total = kernelSeconds
    let ranked = rankedKernels
    return RooflinePlot(
      roofs: limits.roofs,
      points: ranked.indices.map { rank in
        let work = ranked[rank].work
        return RooflinePlot.Point(
          label: ranked[rank].name, intensity: work.intensity, flopsPerSecond: work.flopsPerSecond,
          share: work.seconds / total, colour: rank)
      })
  }

  /// Longest first.
  var rankedKernels: [KernelShare] { kernels.sorted { $0.work.seconds > $1.work.seconds } }
  var kernelSeconds: Double { kernels.reduce(0) { $0 + $1.work.seconds } }
}
