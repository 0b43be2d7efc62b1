/// A place in the bytes of a GGUF file; nothing is taken before it is proved to be there.
struct GGUFCursor {
  let path: String
  private(set) var position = 0

  /// What is left of `bytes`.
  func left(in bytes: RawSpan) -> CheckedSize { CheckedSize(bytes.byteCount - position) ?? .zero }

  func error(_ reason: String) -> TensorError { TensorError("\(path), byte \(position): \(reason)") }

  /// Steps over `count` bytes and gives their range.
  mutating func take(
    _ count: CheckedSize, of bytes: RawSpan, _ field: @autoclosure () -> String
  ) throws(TensorError) -> Range<Int> {
    let left = left(in: bytes)
    guard count <= left else { throw error("\(field()) takes \(count) bytes, the file has \(left) left") }
    let start = position
    position += count.value
    return start..<position
  }

  mutating func number<Number: FixedWidthInteger & BitwiseCopyable>(
    _: Number.Type, in bytes: RawSpan, _ field: @autoclosure () -> String
  ) throws(TensorError) -> Number {
    let width = CheckedSize(MemoryLayout<Number>.size) ?? .zero
    let range = try take(width, of: bytes, field())
    return Number(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: range.lowerBound, as: Number.self))
  }

  /// A count of things that take at least `leastByteCount` bytes each, so that what is left bounds it.
  mutating func count(
    of leastByteCount: Int, in bytes: RawSpan, _ field: @autoclosure () -> String
  ) throws(TensorError) -> Int {
    let start = self
    let stated = try number(UInt64.self, in: bytes, field())
    let least = CheckedSize(leastByteCount) ?? .one
    guard let count = CheckedSize(stated), let byteCount = count.multiplied(by: least), byteCount <= left(in: bytes)
    else {
      throw start.error("\(field()) is \(stated), more than the file's \(left(in: bytes)) bytes that are left can hold")
    }
    return count.value
  }

  /// The range of a text behind its length.
  mutating func text(in bytes: RawSpan, _ field: @autoclosure () -> String) throws(TensorError) -> Range<Int> {
    let start = self
    let stated = try number(UInt64.self, in: bytes, field())
    guard let length = CheckedSize(stated), length <= left(in: bytes) else {
      throw start.error("\(field()) is \(stated) bytes long, the file has \(left(in: bytes)) left")
    }
    return try take(length, of: bytes, field())
  }
}

extension RawSpan {
  /// A copy of `range` as text; nil where it is not UTF-8.
  func text(_ range: Range<Int>) -> ByteString? {
    let text = [UInt8](copying: extracting(range))
    guard text.allSatisfy({ $0 < 0x80 }) || String(validating: text, as: UTF8.self) != nil else { return nil }
    return ByteString(text)
  }
}
