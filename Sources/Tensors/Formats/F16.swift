extension BlockFormat {
  /// IEEE 754 half precision, little endian.
  public static let f16 = dense(
    name: "f16", UInt16.self, decode: { Float(Float16(bitPattern: $0)) }, encode: { Float16($0).bitPattern })
}
