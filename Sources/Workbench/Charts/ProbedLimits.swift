/// What a device was measured to reach at best.
package struct ProbedLimits: Codable, Hashable, Sendable {
  /// Bytes that a kernel reads per second and does nothing else.
  package var readBytesPerSecond: Double
  /// Bytes read and written per second by a copy.
  package var copyBytesPerSecond: Double?
  package var f32FlopsPerSecond: Double?
  package var f16FlopsPerSecond: Double?
  /// Multiplications and additions of 8-bit integers.
  package var int8FlopsPerSecond: Double?
  /// On matrix units.
  package var coopmatFlopsPerSecond: Double?

  package init(
    readBytesPerSecond: Double, copyBytesPerSecond: Double? = nil, f32FlopsPerSecond: Double? = nil,
    f16FlopsPerSecond: Double? = nil, int8FlopsPerSecond: Double? = nil, coopmatFlopsPerSecond: Double? = nil
  ) {
    self.readBytesPerSecond = readBytesPerSecond
    self.copyBytesPerSecond = copyBytesPerSecond
    self.f32FlopsPerSecond = f32FlopsPerSecond
    self.f16FlopsPerSecond = f16FlopsPerSecond
    self.int8FlopsPerSecond = int8FlopsPerSecond
    self.coopmatFlopsPerSecond = coopmatFlopsPerSecond
  }

  /// What a kernel computes with.
  package enum Arithmetic: String, Codable, Sendable, CaseIterable { case f32, f16, int8, coopmat }

  /// Nil where it was not probed.
  package func flopsPerSecond(_ arithmetic: Arithmetic) -> Double? {
    switch arithmetic {
    case .f32: f32FlopsPerSecond
    case .f16: f16FlopsPerSecond
    case .int8: int8FlopsPerSecond
    case .coopmat: coopmatFlopsPerSecond
    }
  }

  /// The shortest time that moving those bytes and doing those operations could take, and whether the bytes decide it.
  package func shortest(_ work: DeviceWork) -> (seconds: Double, isMemoryBound: Bool) {
    let memory = Double(work.byteCount) / readBytesPerSecond
    let arithmetic = flopsPerSecond(work.arithmetic).map { Double(work.floatOperations) / $0 } ?? 0
    return (max(memory, arithmetic), memory >= arithmetic)
  }

  /// As roofs of a plot, those that were probed.
  var roofs: [RooflinePlot.Roof] {
    var roofs = [RooflinePlot.Roof(name: "read", bytesPerSecond: readBytesPerSecond)]
    if let copyBytesPerSecond { roofs.append(.init(name: "copy", bytesPerSecond: copyBytesPerSecond)) }
    for arithmetic in Arithmetic.allCases {
      if let flops = flopsPerSecond(arithmetic) {
        roofs.append(.init(name: arithmetic.rawValue, flopsPerSecond: flops))
      }
    }
    return roofs
  }
}
