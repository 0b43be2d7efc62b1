/// An element type of the safetensors format: its size proves a tensor's range, even where no kernel takes it.
struct SafetensorsType: Sendable, Hashable {
  let name: String
  let bitCount: Int
  /// How Kalsae reads the elements; nil for types that no kernel takes.
  let format: BlockFormat?

  /// The type that a header calls `name`, or nil.
  static func named(_ name: ByteString) -> SafetensorsType? { all[name] }

  /// Bytes that `elementCount` elements take; nil where they end within a byte or do not fit.
  func byteCount(elementCount: CheckedSize) -> CheckedSize? {
    guard let bits = CheckedSize(bitCount).flatMap(elementCount.multiplied(by:)), bits.value.isMultiple(of: 8) else {
      return nil
    }
    return CheckedSize(bits.value / 8)
  }

  private static let all: [ByteString: SafetensorsType] = {
    let readable = [("F32", 32, BlockFormat.f32), ("F16", 16, .f16), ("BF16", 16, .bf16)].map {
      SafetensorsType(name: $0.0, bitCount: $0.1, format: $0.2)
    }
    let known = [
      ("F4", 4), ("F6_E2M3", 6), ("F6_E3M2", 6), ("BOOL", 8), ("U8", 8), ("I8", 8), ("F8_E4M3", 8), ("F8_E5M2", 8),
      ("F8_E8M0", 8), ("F8_E4M3FNUZ", 8), ("F8_E5M2FNUZ", 8), ("I16", 16), ("U16", 16), ("I32", 32), ("U32", 32),
      ("I64", 64), ("U64", 64), ("F64", 64), ("C64", 64),
    ].map { SafetensorsType(name: $0.0, bitCount: $0.1, format: nil) }
    return Dictionary(uniqueKeysWithValues: (readable + known).map { (ByteString($0.name), $0) })
  }()
}
