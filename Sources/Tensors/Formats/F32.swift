extension BlockFormat {
  /// IEEE 754 single precision, little endian.
  public static let f32 = dense(
    name: "f32", UInt32.self, decode: { Float(bitPattern: $0) }, encode: { $0.bitPattern })
}

extension BlockFormat {
  /// A format whose elements stand alone, each one little-endian word.
  static func dense<Word: FixedWidthInteger & BitwiseCopyable & Sendable>(
    name: String, _: Word.Type, decode: @escaping @Sendable (Word) -> Float, encode: @escaping @Sendable (Float) -> Word
  ) -> BlockFormat {
    let width = MemoryLayout<Word>.size
    return BlockFormat(
      name: name, blockLength: 1, blockByteCount: width,
      planeByteCounts: { [$0 * width] },
      decodeBlocks: { bytes, values in
        for i in 0..<values.count {
          values[i] = decode(bytes.unsafeLoadUnaligned(fromByteOffset: i * width, as: Word.self))
        }
      },
      encodeBlocks: { values, bytes in
        for i in 0..<values.count { bytes.storeBytes(of: encode(values[i]), toByteOffset: i * width, as: Word.self) }
      },
      packRow: { _, row, packed in packed.copy(row) })
  }
}

extension MutableRawSpan {
  /// Copies `source` to the start and fills the rest with zeros.
  mutating func copy(_ source: RawSpan) {
    let wordCount = source.byteCount / 8
    for i in 0..<wordCount {
      storeBytes(
        of: source.unsafeLoadUnaligned(fromByteOffset: i * 8, as: UInt64.self), toByteOffset: i * 8, as: UInt64.self)
    }
    for i in (wordCount * 8)..<source.byteCount {
      storeBytes(of: source.unsafeLoadUnaligned(fromByteOffset: i, as: UInt8.self), toByteOffset: i, as: UInt8.self)
    }
    for i in source.byteCount..<byteCount { storeBytes(of: 0, toByteOffset: i, as: UInt8.self) }
  }
}
