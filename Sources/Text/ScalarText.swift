import CUnicode

/// The class bits of a scalar that splitters and patterns act by.
struct ScalarClass: OptionSet, Sendable {
  let rawValue: UInt8
  static let letter = ScalarClass(rawValue: UInt8(UNICODE_LETTER))
  static let number = ScalarClass(rawValue: UInt8(UNICODE_NUMBER))
  static let numeric = ScalarClass(rawValue: UInt8(UNICODE_NUMERIC))
  static let space = ScalarClass(rawValue: UInt8(UNICODE_SPACE))
  static let word = ScalarClass(rawValue: UInt8(UNICODE_WORD))

  private static let ascii: [ScalarClass] = (0..<128).map { ScalarClass(rawValue: unicode_classes($0)) }

  init(rawValue: UInt8) { self.rawValue = rawValue }

  init(of scalar: UInt32) {
    self = scalar < 128 ? Self.ascii[Int(scalar)] : ScalarClass(rawValue: unicode_classes(scalar))
  }
}

/// Valid UTF-8 with the place and class of each scalar, so that a splitter counts in scalars.
struct ScalarText {
  let bytes: [UInt8]
  /// The byte at which each scalar begins, and the end.
  private(set) var starts: [Int32] = []
  private(set) var classes: [ScalarClass] = []

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    starts.reserveCapacity(bytes.count + 1)
    classes.reserveCapacity(bytes.count)
    var position = 0
    while position < bytes.count {
      let step = UTF8Step(bytes, at: position)
      starts.append(Int32(truncatingIfNeeded: position))
      classes.append(ScalarClass(of: step.scalar))
      position += step.byteCount
    }
    starts.append(Int32(truncatingIfNeeded: position))
  }

  var count: Int { classes.count }

  /// The first byte of a scalar; below 0x80 it is the scalar.
  func lead(_ index: Int) -> UInt8 { bytes[Int(starts[index])] }

  func byteRange(_ scalars: Range<Int>) -> Range<Int> {
    Int(starts[scalars.lowerBound])..<Int(starts[scalars.upperBound])
  }

  /// Where the run of scalars of this class that begins at `index` ends.
  func endOfRun(_ wanted: ScalarClass, from index: Int, before end: Int) -> Int {
    var index = index
    while index < end, !classes[index].isDisjoint(with: wanted) { index += 1 }
    return index
  }

  /// Where the run of scalars that are neither letter, number nor space ends.
  func endOfSigns(from index: Int, before end: Int) -> Int {
    var index = index
    while index < end, classes[index].isDisjoint(with: [.letter, .number, .space]) { index += 1 }
    return index
  }

  func isLineBreak(_ index: Int) -> Bool { lead(index) == 0x0a || lead(index) == 0x0d }
}
