extension BlockFormat {
  /// The upper half of a single-precision float, little endian.
  public static let bf16 = dense(
    name: "bf16", UInt16.self, decode: { Float(bitPattern: UInt32($0) << 16) }, encode: bf16Bits)

  /// Rounds to nearest even; a NaN stays a NaN.
  static func bf16Bits(_ value: Float) -> UInt16 {
    let bits = value.bitPattern
    if value.isNaN { return UInt16(truncatingIfNeeded: bits >> 16) | 0x40 }
    return UInt16(truncatingIfNeeded: (bits &+ 0x7fff &+ ((bits >> 16) & 1)) >> 16)
  }
}
