import Testing
import Text

@Suite struct UTF8StepTests {
  /// Replacement counts as of Python's `bytes.decode("utf-8", errors="replace")`.
  @Test(
    arguments: [
      ([0x41, 0xff, 0x42], "A\u{fffd}B"), ([0xc0, 0x80], "\u{fffd}\u{fffd}"), ([0xe1, 0x80], "\u{fffd}"),
      ([0xe0, 0x80, 0x80], "\u{fffd}\u{fffd}\u{fffd}"), ([0xed, 0xa0, 0x80], "\u{fffd}\u{fffd}\u{fffd}"),
      ([0xf1, 0x80, 0x80, 0x41], "\u{fffd}A"), ([0xf4, 0x90, 0x80, 0x80], "\u{fffd}\u{fffd}\u{fffd}\u{fffd}"),
      ([0xea, 0xb0, 0x80, 0xea, 0xb0], "가\u{fffd}"), ([0x00, 0xf0, 0x9f, 0x98, 0x80, 0xf0], "\0😀\u{fffd}"),
    ] as [([UInt8], String)])
  func invalidRunsAreReplaced(bytes: [UInt8], expected: String) {
    #expect(bytes.replacingInvalidUTF8() == Array(expected.utf8))
  }

  @Test func everyScalarIsReadAndWritten() {
    var wrong = 0
    for value in UInt32(0)...0x10ffff {
      guard let scalar = Unicode.Scalar(value) else { continue }
      var bytes: [UInt8] = []
      bytes.append(scalar: value)
      let step = UTF8Step(bytes, at: 0)
      if bytes != Array(String(Character(scalar)).utf8) || step.scalar != value || !step.isValid { wrong += 1 }
    }
    #expect(wrong == 0)
  }
}
