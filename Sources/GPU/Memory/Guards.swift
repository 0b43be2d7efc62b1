/// A place beside a buffer that something wrote to.
package struct GuardViolation: Hashable, Sendable, CustomStringConvertible {
  /// The buffer's.
  package let label: String
  /// The first overwritten byte, counted from the buffer's first byte: negative before it, at least its size behind it.
  package let offset: Int
  package let overwrittenByteCount: Int

  package init(label: String, offset: Int, overwrittenByteCount: Int) {
    self.label = label
    self.offset = offset
    self.overwrittenByteCount = overwrittenByteCount
  }

  package var description: String {
    "\(overwrittenByteCount) bytes beside the buffer \(label) were overwritten, the first at offset \(offset)"
  }
}

extension Device {
  /// Looks at the guards of every live buffer; empty where `DeviceOptions.guardByteCount` is 0.
  package func checkGuards() throws(GPUError) -> [GuardViolation] {
    guard options.guardByteCount > 0 else { return [] }
    var violations: [GuardViolation] = []
    // Staging buffers are never bound to a shader and carry no pattern.
    for buffer in memory.buffers.buffers where buffer.label != "staging" {
      let end = buffer.baseOffset + buffer.byteCount
      for zone in [0..<buffer.baseOffset, end..<buffer.fullByteCount] {
        var bytes: [UInt8] = []
        try readRaw(buffer, zone) { _, span in span.withUnsafeBytes { bytes += $0 } }
        if let violation = Self.violation(in: bytes, from: zone.lowerBound, buffer) {
          violations.append(violation)
        }
      }
    }
    return violations.sorted { ($0.label, $0.offset) < ($1.label, $1.offset) }
  }

  /// The whole buffer gets the pattern, so that reading what nobody wrote shows as well.
  func fillWithPattern(_ buffer: Buffer) throws(GPUError) {
    try fillRaw(buffer, offset: 0, byteCount: buffer.fullByteCount, word: buffer.guardWord)
  }

  private static func violation(in zone: [UInt8], from start: Int, _ buffer: Buffer) -> GuardViolation? {
    let changed = zone.indices.filter { index in
      zone[index] != UInt8(truncatingIfNeeded: buffer.guardWord >> UInt32((start + index) % 4 * 8))
    }
    guard let first = changed.first else { return nil }
    return GuardViolation(
      label: buffer.label, offset: start + first - buffer.baseOffset, overwrittenByteCount: changed.count)
  }
}

extension Buffer {
  /// Not a number as 32-bit float, as two 16-bit floats and as two bfloat16: reading it by mistake shows too.
  ///
  /// It differs from buffer to buffer and signals as a float32, so that neither copying nor computing from the guard of one
  /// buffer to the guard of another leaves it as it was.
  static func guardWord(_ number: Int) -> UInt32 {
    let (high, low) = (UInt32(number % 63), UInt32(number / 63 % 127))
    return (0xff81 + high) << 16 | (0xff81 + low)
  }
}
