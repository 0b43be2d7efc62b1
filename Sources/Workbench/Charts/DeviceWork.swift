/// How long work took on a device, and how much of it there was.
package struct DeviceWork: Codable, Hashable, Sendable {
  package var seconds: Double
  /// Bytes that had to be read and written.
  package var byteCount: Int
  package var floatOperations: Int
  package var arithmetic: ProbedLimits.Arithmetic

  package init(
    seconds: Double, byteCount: Int, floatOperations: Int, arithmetic: ProbedLimits.Arithmetic = .f32
  ) {
    self.seconds = seconds
    self.byteCount = byteCount
    self.floatOperations = floatOperations
    self.arithmetic = arithmetic
  }

  package var bytesPerSecond: Double { Double(byteCount) / seconds }
  package var flopsPerSecond: Double { Double(floatOperations) / seconds }
  /// Operations per byte.
  package var intensity: Double { Double(floatOperations) / Double(byteCount) }
}
