/// A range of bytes of one buffer; holding it keeps the buffer alive.
package struct BufferSlice: Hashable, Sendable {
  package let buffer: Buffer
  package let offset: Int
  package let byteCount: Int

  package init(buffer: Buffer, offset: Int, byteCount: Int) {
    self.buffer = buffer
    self.offset = offset
    self.byteCount = byteCount
  }

  /// A part of it, `offset` counted from its own first byte.
  package func slice(offset: Int, byteCount: Int) -> BufferSlice {
    let (sum, overflow) = self.offset.addingReportingOverflow(offset)
    return BufferSlice(buffer: buffer, offset: overflow ? Int.max : sum, byteCount: byteCount)
  }

  /// The bytes of the buffer that it covers.
  ///
  /// - Throws: `.invalid` where it is empty or leaves the buffer.
  func checkedRange() throws(GPUError) -> Range<Int> {
    guard offset >= 0, byteCount > 0, byteCount <= buffer.byteCount, offset <= buffer.byteCount - byteCount else {
      throw .invalid(
        "bytes \(offset) to \(offset) + \(byteCount) leave the buffer \(buffer.label) of \(buffer.byteCount) bytes")
    }
    return offset..<offset + byteCount
  }
}
