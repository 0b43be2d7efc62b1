extension BlockFormat {
  /// ggml's Q4_K: 256 numbers of four bits in eight parts of 32, each with a scale s and a minimum m of six bits; a block
  /// is two half-precision units d and e, 12 bytes of scales and minima, 128 bytes of numbers, value = d·s·q − e·m.
  ///
  /// Planes on a device: the numbers, eight per 32-bit word; then 16 bytes per block: d and e, a byte per part with the
  /// low four bits of its scale and of its minimum, four bits per part with the upper two of both.
  public static let q4_k = BlockFormat(
    name: "q4_k", blockLength: 256, blockByteCount: 144,
    planeByteCounts: { [$0 / 2, $0 / 16] },
    decodeBlocks: { bytes, values in
      decodeQ4K(bytes, into: &values) { $0 - $1 }
    },
    encodeBlocks: { values, bytes in
      for block in 0..<(values.count / 256) {
        encodeQ4K(values.extracting((block * 256)..<(block * 256 + 256)), into: &bytes, at: block * 144)
      }
    },
    packRow: { plane, row, packed in
      for block in 0..<(row.byteCount / 144) {
        if plane == 0 {
          for pair in 0..<4 {
            packed.storeNibbles(
              of: row, from: block * 144 + 16 + pair * 32, byteCount: 32, toByteOffset: block * 128 + pair * 32)
          }
        } else {
          packQ4KScales(row, at: block * 144, into: &packed, at: block * 16)
        }
      }
    },
    magnitudeBlocks: { bytes, values in
      decodeQ4K(bytes, into: &values) { abs($0) + abs($1) }
    })

  private static func decodeQ4K(
    _ bytes: RawSpan, into values: inout MutableSpan<Float>, _ combine: (_ product: Float, _ minimum: Float) -> Float
  ) {
    for block in 0..<(values.count / 256) {
      let start = block * 144
      let scaleUnit = bytes.half(start)
      let minimumUnit = bytes.half(start + 2)
      for part in 0..<8 {
        let (scale, minimum) = q4kScales(bytes, at: start + 4, part: part)
        let product = scaleUnit * Float(scale)
        let subtrahend = minimumUnit * Float(minimum)
        for i in 0..<32 {
          let pair = bytes.byte(start + 16 + part / 2 * 32 + i)
          let quant = part.isMultiple(of: 2) ? pair & 15 : pair >> 4
          values[block * 256 + part * 32 + i] = combine(product * Float(quant), subtrahend)
        }
      }
    }
  }

  /// Scale and minimum of one part: those of the first four lie whole in bytes 0…7, whose upper two bits are the upper
  /// ones of the last four; the low bits of those lie in bytes 8…11.
  private static func q4kScales(_ bytes: RawSpan, at start: Int, part: Int) -> (scale: UInt8, minimum: UInt8) {
    let scale = bytes.byte(start + part % 4)
    let minimum = bytes.byte(start + 4 + part % 4)
    guard part >= 4 else { return (scale & 63, minimum & 63) }
    let low = bytes.byte(start + 4 + part)
    return (low & 15 | (scale >> 6) << 4, low >> 4 | (minimum >> 6) << 4)
  }

  private static func packQ4KScales(
    _ row: RawSpan, at start: Int, into packed: inout MutableRawSpan, at offset: Int
  ) {
    var low: UInt64 = 0
    var high: UInt32 = 0
    for part in 0..<8 {
      let (scale, minimum) = q4kScales(row, at: start + 4, part: part)
      low |= UInt64(scale & 15 | (minimum & 15) << 4) << UInt64(8 * part)
      high |= UInt32(scale >> 4 | (minimum >> 4) << 2) << UInt32(4 * part)
    }
    packed.storeBytes(
      of: row.unsafeLoadUnaligned(fromByteOffset: start, as: UInt32.self), toByteOffset: offset, as: UInt32.self)
    packed.storeBytes(of: low, toByteOffset: offset + 4, as: UInt64.self)
    packed.storeBytes(of: high, toByteOffset: offset + 12, as: UInt32.self)
  }

  /// Rounds to nearest with the parts' extremes as ends; ggml searches for ends that lose less.
  private static func encodeQ4K(_ values: Span<Float>, into bytes: inout MutableRawSpan, at start: Int) {
    var lowest = [Float](repeating: 0, count: 8)
    var spread = [Float](repeating: 0, count: 8)
    for part in 0..<8 {
      var highest: Float = 0
      for i in 0..<32 {
        lowest[part] = min(lowest[part], values[part * 32 + i])
        highest = max(highest, values[part * 32 + i])
      }
      spread[part] = highest - lowest[part]
    }
    let scaleUnit = Float(Float16((spread.max() ?? 0) / (15 * 63)))
    let minimumUnit = Float(Float16(-(lowest.min() ?? 0) / 63))
    bytes.storeBytes(of: Float16(scaleUnit).bitPattern, toByteOffset: start, as: UInt16.self)
    bytes.storeBytes(of: Float16(minimumUnit).bitPattern, toByteOffset: start + 2, as: UInt16.self)
    let scales = spread.map { UInt8(($0 / 15 * scaleUnit.finiteInverse).quantised(in: 0...63)) }
    let minima = lowest.map { UInt8((-$0 * minimumUnit.finiteInverse).quantised(in: 0...63)) }
    for i in 0..<4 {
      bytes.storeBytes(of: scales[i] | (scales[i + 4] >> 4) << 6, toByteOffset: start + 4 + i, as: UInt8.self)
      bytes.storeBytes(of: minima[i] | (minima[i + 4] >> 4) << 6, toByteOffset: start + 8 + i, as: UInt8.self)
      bytes.storeBytes(of: scales[i + 4] & 15 | (minima[i + 4] & 15) << 4, toByteOffset: start + 12 + i, as: UInt8.self)
    }
    func quant(_ part: Int, _ i: Int) -> UInt8 {
      let inverse = (scaleUnit * Float(scales[part])).finiteInverse
      return UInt8(((values[part * 32 + i] + minimumUnit * Float(minima[part])) * inverse).quantised(in: 0...15))
    }
    for pair in 0..<4 {
      for i in 0..<32 {
        let byte = quant(2 * pair, i) | quant(2 * pair + 1, i) << 4
        bytes.storeBytes(of: byte, toByteOffset: start + 16 + pair * 32 + i, as: UInt8.self)
      }
    }
  }
}
