/// Reading and writing a mapped buffer in place.
extension Buffer {
  /// Lets `body` write bytes `range` of what the caller asked for.
  func mappedWrite<Source: Error>(
    _ range: Range<Int>, _ body: (inout MutableRawSpan) throws(Source) -> Void
  ) throws(WriteError<Source>) {
    let bytes = memoryRange(baseOffset + range.lowerBound..<baseOffset + range.upperBound)
    guard let start = piece.block.address, let pointer = UnsafeMutableRawPointer(bitPattern: start) else {
      throw .device(.invalid("\(label) is not mapped"))
    }
    let target = UnsafeMutableRawBufferPointer(start: pointer + bytes.lowerBound, count: bytes.count)
    var span = target.mutableBytes
    do throws(Source) { try body(&span) } catch { throw .source(error) }
    do throws(GPUError) { try piece.block.flush(bytes) } catch { throw .device(error) }
  }

  /// Shows `body` bytes `range` of the Vulkan buffer, guards included.
  func mappedRead(_ range: Range<Int>, _ body: (RawSpan) -> Void) throws(GPUError) {
    let bytes = memoryRange(range)
    guard let start = piece.block.address, let pointer = UnsafeRawPointer(bitPattern: start) else {
      throw .invalid("\(label) is not mapped")
    }
    try piece.block.invalidate(bytes)
    body(UnsafeRawBufferPointer(start: pointer + bytes.lowerBound, count: bytes.count).bytes)
  }
}
