import Ops

extension DeviceProbe {
  /// What kernels are compared with.
  package var limits: ProbedLimits {
    ProbedLimits(
      readBytesPerSecond: readBytesPerSecond, copyBytesPerSecond: copyBytesPerSecond,
      f32FlopsPerSecond: f32FlopsPerSecond, f16FlopsPerSecond: f16FlopsPerSecond,
      int8FlopsPerSecond: int8OperationsPerSecond, coopmatFlopsPerSecond: cooperativeMatrixFlopsPerSecond)
  }
}
