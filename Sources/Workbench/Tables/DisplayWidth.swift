/// How many columns of a terminal a text takes: Hangul, CJK and emoji two, combining marks none.
package enum DisplayWidth {
  /// Wide and fullwidth ranges of Unicode's East Asian Width, gaps of unassigned code points closed.
  ///
  /// Emoji are not listed: the standard library knows those that appear as pictures.
  private static let wideRanges: [ClosedRange<UInt32>] = [
    0x1100...0x115f, 0x2329...0x232a, 0x2e80...0x303e, 0x3041...0x3247, 0x3250...0x4dbf, 0x4e00...0xa4c6,
    0xa960...0xa97c, 0xac00...0xd7a3, 0xf900...0xfaff, 0xfe10...0xfe19, 0xfe30...0xfe6b, 0xff01...0xff60,
    0xffe0...0xffe6, 0x16fe0...0x1b2fb, 0x1f200...0x1f265, 0x20000...0x3fffd,
  ]

  /// Columns of one scalar on its own.
  package static func columns(of scalar: Unicode.Scalar) -> Int {
    let value = scalar.value
    if value < 0x300 { return value < 0x20 || (0x7f..<0xa0).contains(value) ? 0 : 1 }
    // Vowels and finals of decomposed Hangul join the initial before them, which is wide already.
    if (0x1160...0x11ff).contains(value) || (0xd7b0...0xd7ff).contains(value) { return 0 }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format, .control: return 0
    default: break
    }
    if scalar.properties.isEmojiPresentation { return 2 }
    return wideRanges.contains { $0.contains(value) } ? 2 : 1
  }

  /// Columns of one grapheme.
  package static func columns(of character: Character) -> Int {
    var sum = 0
    for scalar in character.unicodeScalars {
      let width = columns(of: scalar)
      // A joined emoji is one picture, and so is a sign that asks to be one.
      if width == 2 || scalar.value == 0xfe0f { return 2 }
      sum += width
    }
    return sum
  }

  /// Columns of a text without line breaks.
  package static func columns(of text: String) -> Int { text.reduce(0) { $0 + columns(of: $1) } }
}
