/// What stands at one position of a byte string: a scalar, or a run of bytes that is none.
///
/// An invalid run is the longest that could have begun a scalar, so that replacing each by U+FFFD gives what Python's
/// `errors="replace"` and Rust's lossy conversion give.
package struct UTF8Step {
  package var scalar: UInt32
  package var byteCount: Int
  package var isValid: Bool
  /// True for an invalid run that ends with the text and that more bytes could complete.
  package var isCut = false

  package init(_ bytes: [UInt8], at position: Int) {
    let lead = bytes[position]
    if lead < 0x80 {
      (scalar, byteCount, isValid) = (UInt32(lead), 1, true)
      return
    }
    let (length, second) = Self.expectation(lead)
    var value = UInt32(lead) & (length == 2 ? 0x1f : length == 3 ? 0x0f : 0x07)
    (scalar, byteCount, isValid) = (0xfffd, 1, false)
    guard length > 1 else { return }
    while byteCount < length {
      guard position + byteCount < bytes.count else {
        isCut = true
        return
      }
      let byte = bytes[position + byteCount]
      guard byteCount == 1 ? second.contains(byte) : (0x80...0xbf).contains(byte) else { return }
      value = value << 6 | UInt32(byte & 0x3f)
      byteCount += 1
    }
    (scalar, isValid) = (value, true)
  }

  /// How long a scalar with this first byte is (1: no scalar begins so) and which second bytes it allows.
  private static func expectation(_ lead: UInt8) -> (length: Int, second: ClosedRange<UInt8>) {
    switch lead {
    case 0xc2...0xdf: (2, 0x80...0xbf)
    case 0xe0: (3, 0xa0...0xbf)
    case 0xed: (3, 0x80...0x9f)
    case 0xe1...0xef: (3, 0x80...0xbf)
    case 0xf0: (4, 0x90...0xbf)
    case 0xf1...0xf3: (4, 0x80...0xbf)
    case 0xf4: (4, 0x80...0x8f)
    default: (1, 0x80...0xbf)
    }
  }
}

extension [UInt8] {
  static let replacementCharacter: [UInt8] = [0xef, 0xbf, 0xbd]

  /// The same text with each invalid run replaced by U+FFFD.
  package func replacingInvalidUTF8() -> [UInt8] {
    var position = 0
    while position < count {
      let step = UTF8Step(self, at: position)
      guard step.isValid else { break }
      position += step.byteCount
    }
    guard position < count else { return self }
    var result = Array(self[..<position])
    while position < count {
      let step = UTF8Step(self, at: position)
      result += step.isValid ? self[position..<position + step.byteCount] : Self.replacementCharacter[...]
      position += step.byteCount
    }
    return result
  }

  package mutating func append(scalar: UInt32) {
    switch scalar {
    case ..<0x80: append(UInt8(truncatingIfNeeded: scalar))
    case ..<0x800:
      append(UInt8(truncatingIfNeeded: 0xc0 | scalar >> 6))
      append(UInt8(truncatingIfNeeded: 0x80 | scalar & 0x3f))
    case ..<0x10000:
      append(UInt8(truncatingIfNeeded: 0xe0 | scalar >> 12))
      append(UInt8(truncatingIfNeeded: 0x80 | scalar >> 6 & 0x3f))
      append(UInt8(truncatingIfNeeded: 0x80 | scalar & 0x3f))
    default:
      append(UInt8(truncatingIfNeeded: 0xf0 | scalar >> 18 & 0x07))
      append(UInt8(truncatingIfNeeded: 0x80 | scalar >> 12 & 0x3f))
      append(UInt8(truncatingIfNeeded: 0x80 | scalar >> 6 & 0x3f))
      append(UInt8(truncatingIfNeeded: 0x80 | scalar & 0x3f))
    }
  }
}
