extension BlockFormat {
  /// ggml's Q6_K: 256 numbers of six bits in 16 parts, each with a signed byte s as scale, and one half-precision unit d;
  /// a block is 128 bytes of low bits, 64 of high bits, the scales, d, value = d·s·(q − 32).
  ///
  /// Of the 128 numbers in half h, number 32j + l has its low four bits in byte 64h + 32(j mod 2) + l, at bit 4(j / 2), and
  /// its upper two in byte 32h + l, at bit 2j. Planes on a device: low bits, high bits (see `q6_k.glsl`), scales, units.
  public static let q6_k = BlockFormat(
    name: "q6_k", blockLength: 256, blockByteCount: 210,
    planeByteCounts: { [$0 / 2, $0 / 4, $0 / 16, $0 / 256 * 2] },
    decodeBlocks: { bytes, values in
      for block in 0..<(values.count / 256) {
        let start = block * 210
        let unit = bytes.half(start + 208)
        for i in 0..<256 {
          let (half, j, l) = (i / 128, i / 32 % 4, i % 32)
          let low = bytes.byte(start + 64 * half + 32 * (j % 2) + l) >> UInt8(4 * (j / 2)) & 15
          let high = bytes.byte(start + 128 + 32 * half + l) >> UInt8(2 * j) & 3
          let scale = unit * Float(Int8(bitPattern: bytes.byte(start + 192 + i / 16)))
          values[block * 256 + i] = scale * Float(Int(low | high << 4) - 32)
        }
      }
    },
    encodeBlocks: { values, bytes in
      for block in 0..<(values.count / 256) {
        encodeQ6K(values.extracting((block * 256)..<(block * 256 + 256)), into: &bytes, at: block * 210)
      }
    },
    packRow: { plane, row, packed in
      let blockCount = row.byteCount / 210
      for block in 0..<blockCount {
        switch plane {
        case 0: packQ6KLowBits(row, at: block * 210, into: &packed, at: block * 128)
        case 1: packQ6KHighBits(row, at: block * 210 + 128, into: &packed, at: block * 64)
        case 2:
          for i in stride(from: 0, to: 16, by: 8) {
            packed.storeBytes(
              of: row.unsafeLoadUnaligned(fromByteOffset: block * 210 + 192 + i, as: UInt64.self),
              toByteOffset: block * 16 + i, as: UInt64.self)
          }
        default:
          packed.storeBytes(
            of: row.unsafeLoadUnaligned(fromByteOffset: block * 210 + 208, as: UInt16.self), toByteOffset: block * 2,
            as: UInt16.self)
        }
      }
      let width = [128, 64, 16, 2][plane]
      for i in (blockCount * width)..<packed.byteCount { packed.storeBytes(of: 0, toByteOffset: i, as: UInt8.self) }
    })

  /// A word gets eight neighbours: four in its bytes' low halves, four in the high halves.
  private static func packQ6KLowBits(
    _ row: RawSpan, at start: Int, into packed: inout MutableRawSpan, at offset: Int
  ) {
    for part in 0..<8 {
      let source = start + 64 * (part / 4) + 32 * (part % 2)
      let shift = UInt64(4 * (part % 4 / 2))
      for i in stride(from: 0, to: 32, by: 8) {
        let bytes =
          row.unsafeLoadUnaligned(fromByteOffset: source + i, as: UInt64.self) >> shift & 0x0f0f_0f0f_0f0f_0f0f
        let word = UInt32(truncatingIfNeeded: bytes | bytes >> 28)
        packed.storeBytes(of: word, toByteOffset: offset + (part * 32 + i) / 2, as: UInt32.self)
      }
    }
  }

  /// A word gets sixteen neighbours: four in the lowest two bits of its bytes, and so on upwards.
  private static func packQ6KHighBits(
    _ row: RawSpan, at start: Int, into packed: inout MutableRawSpan, at offset: Int
  ) {
    for part in 0..<8 {
      for i in stride(from: 0, to: 32, by: 16) {
        var word: UInt32 = 0
        for quad in 0..<4 {
          let place = start + 32 * (part / 4) + i + 4 * quad
          let bytes = row.unsafeLoadUnaligned(fromByteOffset: place, as: UInt32.self)
          word |= (bytes >> UInt32(2 * (part % 4)) & 0x0303_0303) << UInt32(2 * quad)
        }
        packed.storeBytes(of: word, toByteOffset: offset + (part * 32 + i) / 4, as: UInt32.self)
      }
    }
  }

  /// Rounds to nearest with each part's number of the largest magnitude as -32; ggml searches for scales that lose less.
  private static func encodeQ6K(_ values: Span<Float>, into bytes: inout MutableRawSpan, at start: Int) {
    var wanted = [Float](repeating: 0, count: 16)
    for part in 0..<16 {
      var extreme: Float = 0
      for i in 0..<16 where abs(values[part * 16 + i]) > abs(extreme) { extreme = values[part * 16 + i] }
      wanted[part] = extreme / -32
    }
    let unit = Float(Float16(wanted.reduce(0) { max($0, abs($1)) } / 127))
    let scales = wanted.map { Int8(($0 * unit.finiteInverse).quantised(in: -127...127)) }
    func quant(_ i: Int) -> UInt8 {
      let inverse = (unit * Float(scales[i / 16])).finiteInverse
      return UInt8((values[i] * inverse + 32).quantised(in: 0...63))
    }
    for half in 0..<2 {
      for l in 0..<32 {
        let quants = (0..<4).map { quant(128 * half + 32 * $0 + l) }
        let place = start + 64 * half + l
        bytes.storeBytes(of: quants[0] & 15 | quants[2] << 4, toByteOffset: place, as: UInt8.self)
        bytes.storeBytes(of: quants[1] & 15 | quants[3] << 4, toByteOffset: place + 32, as: UInt8.self)
        let high = quants[0] >> 4 | (quants[1] >> 4) << 2 | (quants[2] >> 4) << 4 | (quants[3] >> 4) << 6
        bytes.storeBytes(of: high, toByteOffset: start + 128 + 32 * half + l, as: UInt8.self)
      }
    }
    for (i, scale) in scales.enumerated() { bytes.storeBytes(of: scale, toByteOffset: start + 192 + i, as: Int8.self) }
    bytes.storeBytes(of: Float16(unit).bitPattern, toByteOffset: start + 208, as: UInt16.self)
  }
}
