import GPU
import Ops
package import VulkanBackend

/// Checks and measures one device, in about two seconds; each submission is far below what watchdogs bite at.
///
/// It runs on the backend's thread, which it blocks while the device works.
package actor DeviceProber {
  private let backend: VulkanBackend
  private let timer: ProbeTimer

  /// Clocks of an idle device take about this long to rise.
  private static let warmUpSeconds = 0.1
  /// When the search for the best geometry ends, from its beginning.
  private static let searchSeconds = 0.6
  private static let emptyDispatchCount = 256
  /// What reading a matrix takes at the rate of plain loads; kernels take up to several times as long.
  private static let stepSeconds = 0.02

  package nonisolated var unownedExecutor: UnownedSerialExecutor { backend.unownedExecutor }

  package init(_ backend: VulkanBackend) {
    self.backend = backend
    timer = ProbeTimer(backend)
  }

  /// - Parameters:
  ///   - date: of today, `YYYY-MM-DD`.
  ///   - answers: what came of asking the device; nil asks it now.
  /// - Throws: `GPUError` where the device cannot run the probes, or gives times that cannot be.
  package func probe(date: String, answers: KnownAnswers.Outcome? = nil) async throws -> DeviceProbe {
    let start = ContinuousClock.now
    let answers = if let answers { answers } else { try await KnownAnswers.outcome(on: backend) }
    let suite = try ProbeSuite(backend)
    try warmUp(suite)
    let read = try fastestRead(suite)
    let matrixByteCount = Int(min(read.rate * Self.stepSeconds, Double(suite.byteCount)))
    let weightRate = try await DecodeProbe(
      backend, byteCount: matrixByteCount, leftOut: KernelCatalogue.families(of: answers.wrongKernels.keys)
    ).bytesPerSecond()
    let dispatches = try dispatchSeconds(suite)
    let physical = backend.device.physical
    var probe = DeviceProbe(
      deviceUUID: physical.deviceUUID, name: physical.name, driverName: physical.driverName,
      driverVersion: physical.driverVersion, date: date, isRight: answers.faults.isEmpty,
      faults: answers.faults, wrongKernels: answers.wrongKernels,
      readBytesPerSecond: read.rate, readGeometry: read.geometry.description,
      weightBytesPerSecond: weightRate, copyBytesPerSecond: try timer.rate(of: try suite.copy()),
      f32FlopsPerSecond: try rate(of: try suite.arithmetic("probe_flops", operations: 64)) ?? 0,
      f16FlopsPerSecond: try rate(of: try suite.arithmetic("probe_flops_f16", operations: 64)),
      int8OperationsPerSecond: try rate(of: try suite.arithmetic("probe_dot8", operations: 128)),
      cooperativeMatrixFlopsPerSecond: try rate(of: try suite.cooperativeMatrix()),
      emptyDispatchSeconds: dispatches.empty, barrierSeconds: dispatches.barrier, seconds: 0)
    // Once more some time later: what else used the memory before may have stopped.
    probe.readBytesPerSecond = max(read.rate, try timer.rate(of: try suite.read(read.geometry)))
    probe.seconds = start.secondsUntilNow
    guard probe.isPlausible else {
      throw GPUError(
        .deadline, "\(physical.name) gives times that cannot be, such as \(read.rate) bytes read per second")
    }
    return probe
  }

  private func rate(of dispatch: ProbeDispatch?) throws(GPUError) -> Double? {
    guard let dispatch else { return nil }
    return try timer.rate(of: dispatch)
  }

  private func warmUp(_ suite: ProbeSuite) throws {
    let start = ContinuousClock.now
    let dispatch = try suite.copy()
    repeat { _ = try timer.rate(of: dispatch) } while start.secondsUntilNow < Self.warmUpSeconds
  }

  private func fastestRead(_ suite: ProbeSuite) throws -> (geometry: ReadGeometry, rate: Double) {
    let start = ContinuousClock.now
    let fastest = try ReadGeometry.fastest(on: backend.profile) { geometry throws -> Double? in
      guard start.secondsUntilNow < Self.searchSeconds else { return nil }
      return try timer.rate(of: try suite.read(geometry))
    }
    guard let fastest else { throw GPUError(.deadline, "\(backend.deviceName) took too long to read anything") }
    return fastest
  }

  /// An empty dispatch, and what a barrier before it adds.
  private func dispatchSeconds(_ suite: ProbeSuite) throws -> (empty: Double, barrier: Double) {
    let (pipeline, count) = (try suite.empty(), Self.emptyDispatchCount)
    let empty = try timer.secondsPerDispatch(pipeline, count: count, bindings: suite.separateBindings)
    let inTurn = try timer.secondsPerDispatch(pipeline, count: count) { _ in suite.separateBindings(0) }
    return (empty, max(0, inTurn - empty))
  }
}
