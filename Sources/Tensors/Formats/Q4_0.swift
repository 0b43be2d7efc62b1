extension BlockFormat {
  /// ggml's Q4_0: 32 numbers of four bits with one half-precision scale `d`; a block is `d`, then 16 bytes of which the
  /// low halves are numbers 0…15 and the high halves 16…31, value = d · (q − 8).
  ///
  /// Planes on a device: the numbers, eight per 32-bit word, then the scales, two half-precision numbers per word.
  public static let q4_0 = BlockFormat(
    name: "q4_0", blockLength: 32, blockByteCount: 18,
    planeByteCounts: { [$0 / 2, $0 / 32 * 2] },
    decodeBlocks: { bytes, values in
      for block in 0..<(values.count / 32) {
        let scale = bytes.half(block * 18)
        for i in 0..<16 {
          let pair = bytes.byte(block * 18 + 2 + i)
          values[block * 32 + i] = scale * Float(Int(pair & 15) - 8)
          values[block * 32 + 16 + i] = scale * Float(Int(pair >> 4) - 8)
        }
      }
    },
    encodeBlocks: { values, bytes in
      for block in 0..<(values.count / 32) {
        // The number of the largest magnitude becomes -8, the end that four bits reach farthest.
        var extreme: Float = 0
        for i in 0..<32 where abs(values[block * 32 + i]) > abs(extreme) { extreme = values[block * 32 + i] }
        let scale = extreme / -8
        let inverse = scale.finiteInverse
        bytes.storeBytes(of: Float16(scale).bitPattern, toByteOffset: block * 18, as: UInt16.self)
        for i in 0..<16 {
          let low = UInt8((values[block * 32 + i] * inverse + 8).quantised(in: 0...15))
          let high = UInt8((values[block * 32 + 16 + i] * inverse + 8).quantised(in: 0...15))
          bytes.storeBytes(of: low | high << 4, toByteOffset: block * 18 + 2 + i, as: UInt8.self)
        }
      }
    },
    packRow: { plane, row, packed in
      let blockCount = row.byteCount / 18
      for block in 0..<blockCount {
        if plane == 0 {
          packed.storeNibbles(of: row, from: block * 18 + 2, byteCount: 16, toByteOffset: block * 16)
        } else {
          packed.storeBytes(
            of: row.unsafeLoadUnaligned(fromByteOffset: block * 18, as: UInt16.self), toByteOffset: block * 2,
            as: UInt16.self)
        }
      }
      for i in (blockCount * (plane == 0 ? 16 : 2))..<packed.byteCount {
        packed.storeBytes(of: 0, toByteOffset: i, as: UInt8.self)
      }
    })
}
