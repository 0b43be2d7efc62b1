/// What measuring a device once gave: whether its answers are right, and how fast it is at most.
package struct DeviceProbe: Sendable, Codable, Hashable {
  package var deviceUUID: String
  package var name: String
  package var driverName: String
  package var driverVersion: String
  /// Day of the measurement, `YYYY-MM-DD`.
  package var date: String
  /// Whether every kernel that plans use gave right answers.
  package var isRight: Bool
  /// What was wrong where no other kernel could serve, one line each; each begins with the kernel.
  package var faults: [String]
  /// Kernels that plans do without since they got an answer wrong, each with what was wrong.
  package var wrongKernels: [String: String]
  /// Bytes that loads alone get from memory, with the best of several geometries.
  package var readBytesPerSecond: Double
  /// That geometry, such as `grid, 256 lanes × 4096 groups, 4 loads`.
  package var readGeometry: String
  /// Bytes of weights that the kernel for one row gets through: what the writing of tokens goes by.
  package var weightBytesPerSecond: Double
  /// Bytes read and bytes written together.
  package var copyBytesPerSecond: Double
  package var f32FlopsPerSecond: Double
  /// Nil where the device has no half-precision arithmetic.
  package var f16FlopsPerSecond: Double?
  /// Multiplications and additions of bytes in dot products; nil where the device has none.
  package var int8OperationsPerSecond: Double?
  /// Products of half-precision matrices summed in single precision; nil where the device has none.
  package var cooperativeMatrixFlopsPerSecond: Double?
  /// What a dispatch costs that does nothing.
  package var emptyDispatchSeconds: Double
  /// What a barrier between two such dispatches adds.
  package var barrierSeconds: Double
  /// How long measuring and checking took.
  package var seconds: Double

  /// Whether all of it can be true: rates above zero, times not below, all of them finite.
  package var isPlausible: Bool {
    let rates =
      [readBytesPerSecond, weightBytesPerSecond, copyBytesPerSecond, f32FlopsPerSecond]
      + [f16FlopsPerSecond, int8OperationsPerSecond, cooperativeMatrixFlopsPerSecond].compactMap(\.self)
    return isRight == faults.isEmpty && rates.allSatisfy { $0.isFinite && $0 > 0 }
      && [emptyDispatchSeconds, barrierSeconds, seconds].allSatisfy { $0.isFinite && $0 >= 0 }
  }
}
