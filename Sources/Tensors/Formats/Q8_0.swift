extension BlockFormat {
  /// ggml's Q8_0: 32 signed bytes with one half-precision scale `d`; a block is `d` then the bytes, value = d · q.
  ///
  /// Planes on a device: the signed bytes, then the scales (two half-precision numbers per 32-bit word).
  public static let q8_0 = BlockFormat(
    name: "q8_0", blockLength: 32, blockByteCount: 34,
    planeByteCounts: { [$0, $0 / 32 * 2] },
    decodeBlocks: { bytes, values in
      for block in 0..<(values.count / 32) {
        let start = block * 34
        let scale = Float(Float16(bitPattern: bytes.unsafeLoadUnaligned(fromByteOffset: start, as: UInt16.self)))
        for i in 0..<32 {
          values[block * 32 + i] =
            scale * Float(bytes.unsafeLoadUnaligned(fromByteOffset: start + 2 + i, as: Int8.self))
        }
      }
    },
    encodeBlocks: { values, bytes in
      for block in 0..<(values.count / 32) {
        var largest: Float = 0
        for i in 0..<32 where abs(values[block * 32 + i]) > largest || values[block * 32 + i].isNaN {
          largest = abs(values[block * 32 + i])
        }
        let scale = largest / 127
        let inverse = scale > 0 ? 1 / scale : 0
        bytes.storeBytes(of: Float16(scale).bitPattern, toByteOffset: block * 34, as: UInt16.self)
        for i in 0..<32 {
          let rounded = (values[block * 32 + i] * inverse).rounded()
          let quant = Int8(max(-127, min(127, rounded.isNaN ? 0 : rounded)))
          bytes.storeBytes(of: quant, toByteOffset: block * 34 + 2 + i, as: Int8.self)
        }
      }
    },
    packRow: { plane, row, packed in
      let blockCount = row.byteCount / 34
      if plane == 0 {
        for block in 0..<blockCount {
          for i in stride(from: 0, to: 32, by: 8) {
            packed.storeBytes(
              of: row.unsafeLoadUnaligned(fromByteOffset: block * 34 + 2 + i, as: UInt64.self),
              toByteOffset: block * 32 + i, as: UInt64.self)
          }
        }
      } else {
        for block in 0..<blockCount {
          packed.storeBytes(
            of: row.unsafeLoadUnaligned(fromByteOffset: block * 34, as: UInt16.self), toByteOffset: block * 2,
            as: UInt16.self)
        }
        for i in (blockCount * 2)..<packed.byteCount { packed.storeBytes(of: 0, toByteOffset: i, as: UInt8.self) }
      }
    })
}
