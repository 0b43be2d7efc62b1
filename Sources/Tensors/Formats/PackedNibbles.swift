extension UInt64 {
  /// The low halves of the eight bytes, one after the other, the first lowest.
  var lowNibbles: UInt32 {
    var bits = self & 0x0f0f_0f0f_0f0f_0f0f
    bits = (bits | bits >> 4) & 0x00ff_00ff_00ff_00ff
    bits = (bits | bits >> 8) & 0x0000_ffff_0000_ffff
    return UInt32(truncatingIfNeeded: bits | bits >> 16)
  }
}

extension MutableRawSpan {
  /// Writes the low halves of `byteCount` bytes of `source` one after the other, then their high halves.
  ///
  /// ggml keeps number i and number i + `byteCount` in one byte; on a device neighbours lie side by side.
  mutating func storeNibbles(of source: RawSpan, from start: Int, byteCount: Int, toByteOffset offset: Int) {
    for i in stride(from: 0, to: byteCount, by: 8) {
      let bytes = source.unsafeLoadUnaligned(fromByteOffset: start + i, as: UInt64.self)
      storeBytes(of: bytes.lowNibbles, toByteOffset: offset + i / 2, as: UInt32.self)
      storeBytes(of: (bytes >> 4).lowNibbles, toByteOffset: offset + (byteCount + i) / 2, as: UInt32.self)
    }
  }
}

extension RawSpan {
  /// The half-precision number at `offset`.
  func half(_ offset: Int) -> Float {
    Float(Float16(bitPattern: unsafeLoadUnaligned(fromByteOffset: offset, as: UInt16.self)))
  }

  func byte(_ offset: Int) -> UInt8 { unsafeLoadUnaligned(fromByteOffset: offset, as: UInt8.self) }
}

extension Float {
  /// The nearest whole number within `range`; its lower end where this is no number.
  func quantised(in range: ClosedRange<Float>) -> Float {
    isNaN ? range.lowerBound : Swift.max(range.lowerBound, Swift.min(range.upperBound, rounded()))
  }

  /// 1 ÷ self, or 0 where that is no finite number.
  var finiteInverse: Float { (1 / self).isFinite ? 1 / self : 0 }
}
