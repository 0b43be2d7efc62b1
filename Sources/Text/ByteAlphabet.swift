/// The 256 printable letters that stand for bytes in a byte-level vocabulary.
package enum ByteAlphabet {
  /// The letter of each byte.
  package static let letters: [Unicode.Scalar] = {
    var next: UInt32 = 0x100
    return (0..<256).map { byte in
      switch byte {
      case 0x21...0x7e, 0xa1...0xac, 0xae...0xff: return Unicode.Scalar(UInt8(byte))
      default:
        defer { next += 1 }
        return Unicode.Scalar(next) ?? " "
      }
    }
  }()

  /// The byte of each letter, indexed by scalar; nil where the scalar is no letter.
  private static let bytes: [UInt8?] = {
    var table = [UInt8?](repeating: nil, count: 0x144)
    for (byte, letter) in letters.enumerated() { table[Int(letter.value)] = UInt8(byte) }
    return table
  }()

  /// The bytes that a token's letters stand for, or nil where one of them is no letter.
  static func bytes(of token: [UInt8]) -> [UInt8]? {
    var result: [UInt8] = []
    result.reserveCapacity(token.count)
    var position = 0
    while position < token.count {
      let step = UTF8Step(token, at: position)
      guard step.isValid, step.scalar < 0x144, let byte = bytes[Int(step.scalar)] else { return nil }
      result.append(byte)
      position += step.byteCount
    }
    return result
  }
}
