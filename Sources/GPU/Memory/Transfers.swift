internal import CVulkan
import Dispatch
import Synchronization

/// Moving bytes between the processor and buffers. All of it waits for the work submitted before.
extension Device {
  /// Lets `body` write the bytes of `slice`, stretch by stretch; it is done when this returns.
  ///
  /// `body` gets the range of the slice that the span covers, whole multiples of `rowGranularity` bytes (at least one), the last
  /// one what remains. It is called on all cores at once and in any order. A mapped buffer is written in place; what a span
  /// holds before is undefined.
  /// - Throws: `WriteError.source` with what `body` threw, of several the first stretch's, `.device` with what the device did.
  package func write<Source: Error>(
    _ slice: BufferSlice, rowGranularity: Int = 1,
    concurrently body: @Sendable (Range<Int>, inout MutableRawSpan) throws(Source) -> Void
  ) throws(WriteError<Source>) {
    try writePieces(slice, rowGranularity) { buffer, offset, piece throws(WriteError<Source>) in
      let stretches = Pieces(of: piece.count, rowGranularity: rowGranularity, atMost: Self.stretchByteCount)
      let failure = Mutex<(index: Int, error: WriteError<Source>)?>(nil)
      DispatchQueue.concurrentPerform(iterations: stretches.count) { index in
        let stretch = stretches[index]
        do throws(WriteError<Source>) {
          try buffer.mappedWrite(offset + stretch.lowerBound..<offset + stretch.upperBound) { span throws(Source) in
            try body(piece.lowerBound + stretch.lowerBound..<piece.lowerBound + stretch.upperBound, &span)
          }
        } catch {
          failure.withLock { if index < $0?.index ?? .max { $0 = (index, error) } }
        }
      }
      if let failure = failure.withLock({ $0 }) { throw failure.error }
    }
  }

  /// The same, one stretch after the other.
  package func write(_ slice: BufferSlice, _ body: (Range<Int>, inout MutableRawSpan) -> Void) throws(GPUError) {
    do throws(WriteError<Never>) {
      try writePieces(slice, 1) { buffer, offset, piece throws(WriteError<Never>) in
        try buffer.mappedWrite(offset..<offset + piece.count) { body(piece, &$0) }
      }
    } catch {
      throw error.deviceError
    }
  }

  /// Calls `fill` for one piece of `slice` after the other with a mapped buffer and where to write in it.
  private func writePieces<Source: Error>(
    _ slice: BufferSlice, _ rowGranularity: Int,
    _ fill: (Buffer, _ offset: Int, _ piece: Range<Int>) throws(WriteError<Source>) -> Void
  ) throws(WriteError<Source>) {
    let range: Range<Int>
    do throws(GPUError) {
      range = try owned(slice)
      try queue.waitForAll()
    } catch { throw .device(error) }
    let pieces = Pieces(of: slice.byteCount, rowGranularity: rowGranularity)
    if slice.buffer.isMapped {
      for piece in pieces { try fill(slice.buffer, range.lowerBound + piece.lowerBound, piece) }
    } else {
      try stagedWrite(slice.buffer, at: range.lowerBound, pieces, fill)
    }
  }

  /// Writes `bytes`, as many as the slice has.
  package func write(_ slice: BufferSlice, bytes: [UInt8]) throws(GPUError) {
    guard bytes.count == slice.byteCount else {
      throw .invalid("\(bytes.count) bytes are to fill \(slice.byteCount) bytes of \(slice.buffer.label)")
    }
    try write(slice) { range, span in
      bytes.withUnsafeBytes { all in
        let piece = UnsafeRawBufferPointer(rebasing: all[range])
        span.withUnsafeMutableBytes { $0.copyMemory(from: piece) }
      }
    }
  }

  /// The bytes of `slice` after everything submitted so far.
  package func read(_ slice: BufferSlice) throws(GPUError) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(try owned(slice).count)
    try read(slice) { _, span in span.withUnsafeBytes { bytes += $0 } }
    return bytes
  }

  /// Shows `body` the bytes of `slice` after everything submitted so far, piece by piece from the first to the last; a mapped
  /// buffer in place.
  package func read(_ slice: BufferSlice, _ body: (Range<Int>, RawSpan) -> Void) throws(GPUError) {
    let range = try owned(slice)
    let start = slice.buffer.baseOffset
    try readRaw(slice.buffer, start + range.lowerBound..<start + range.upperBound, body)
  }

  /// Sets every 32-bit word of `slice`; its offset and size are multiples of 4.
  package func fill(_ slice: BufferSlice, word: UInt32) throws(GPUError) {
    let range = try owned(slice)
    guard range.lowerBound % 4 == 0, range.count % 4 == 0 else {
      throw .invalid("bytes \(range) of \(slice.buffer.label) are to be filled with words of 4 bytes")
    }
    try fillRaw(slice.buffer, offset: slice.buffer.baseOffset + range.lowerBound, byteCount: range.count, word: word)
  }

  /// Repeats the first `period` bytes of `slice` to its end, on the device.
  package func multiply(_ slice: BufferSlice, period: Int) throws(GPUError) {
    let range = try owned(slice)
    let start = slice.buffer.baseOffset + range.lowerBound
    var written = period
    while written > 0, written < range.count {
      let byteCount = min(written, range.count - written)
      let value = try submitOnce(using: [slice.buffer]) { raw in
        kalsae_copy(
          raw, slice.buffer.handle.raw, UInt64(start), slice.buffer.handle.raw, UInt64(start + written),
          UInt64(byteCount))
      }
      try queue.wait(for: value)
      written += byteCount
    }
  }

  /// What one core writes at a time: long enough for the cost of handing it out, short enough that all finish together.
  private static let stretchByteCount = 1 << 17

  func owned(_ slice: BufferSlice) throws(GPUError) -> Range<Int> {
    guard slice.buffer.pool.device === logical else {
      throw .invalid("the buffer \(slice.buffer.label) belongs to another device")
    }
    return try slice.checkedRange()
  }

  /// `range` counts from the first byte of the Vulkan buffer, guards included.
  func readRaw(_ buffer: Buffer, _ range: Range<Int>, _ body: (Range<Int>, RawSpan) -> Void) throws(GPUError) {
    try queue.waitForAll()
    // Mapped memory that the processor does not cache is read many times slower than it is copied.
    if buffer.isMapped, buffer.isHostCached || range.count <= 4096 {
      return try buffer.mappedRead(range) { body(0..<range.count, $0) }
    }
    for piece in Pieces(of: range.count) {
      let stage = try staging.borrow(byteCount: piece.count, place: .readBack)
      let value = try submitOnce(using: [buffer, stage]) { raw in
        kalsae_copy(
          raw, buffer.handle.raw, UInt64(range.lowerBound + piece.lowerBound), stage.handle.raw,
          UInt64(stage.baseOffset), UInt64(piece.count))
      }
      try queue.wait(for: value)
      try stage.mappedRead(stage.baseOffset..<stage.baseOffset + piece.count) { body(piece, $0) }
      staging.giveBack(stage)
    }
  }

  func fillRaw(_ buffer: Buffer, offset: Int, byteCount: Int, word: UInt32) throws(GPUError) {
    let value = try submitOnce(using: [buffer]) { raw in
      vkCmdFillBuffer(raw, buffer.handle.raw, VkDeviceSize(offset), VkDeviceSize(byteCount), word)
    }
    try queue.wait(for: value)
  }

  /// Two staging buffers take turns: one is filled while the other is copied.
  private func stagedWrite<Source: Error>(
    _ buffer: Buffer, at offset: Int, _ pieces: Pieces,
    _ fill: (Buffer, _ offset: Int, _ piece: Range<Int>) throws(WriteError<Source>) -> Void
  ) throws(WriteError<Source>) {
    let largest = pieces.first?.count ?? 0
    var inFlight: [(value: UInt64, stage: Buffer)] = []
    for piece in pieces {
      do throws(GPUError) {
        if inFlight.count == 2 {
          let oldest = inFlight.removeFirst()
          try queue.wait(for: oldest.value)
          staging.giveBack(oldest.stage)
        }
      } catch { throw .device(error) }
      let stage: Buffer
      do throws(GPUError) { stage = try staging.borrow(byteCount: largest, place: .hostVisible) } catch {
        throw .device(error)
      }
      try fill(stage, 0, piece)
      do throws(GPUError) {
        let value = try submitOnce(using: [buffer, stage]) { raw in
          kalsae_copy(
            raw, stage.handle.raw, UInt64(stage.baseOffset), buffer.handle.raw,
            UInt64(buffer.baseOffset + offset + piece.lowerBound), UInt64(piece.count))
        }
        inFlight.append((value, stage))
      } catch { throw .device(error) }
    }
    do throws(GPUError) {
      for last in inFlight {
        try queue.wait(for: last.value)
        staging.giveBack(last.stage)
      }
    } catch { throw .device(error) }
  }

  /// Submits commands that are used once; what they use lives until they are done.
  private func submitOnce(
    using buffers: [Buffer], _ body: (OpaquePointer) -> Void
  ) throws(GPUError) -> UInt64 {
    let commands = try CommandMemory(logical)
    try commands.record(body)
    let value = try queue.submit(commands.commands)
    queue.retire(buffers + [commands] as [Queue.Resource], after: value)
    return value
  }
}
