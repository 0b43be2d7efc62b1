/// What a dispatch does with the bytes it is given.
package enum Access: Hashable, Sendable {
  case read, write, readWrite

  package var writes: Bool { self != .read }
}

/// A slice at the position of its binding in set 0.
package struct Binding: Hashable, Sendable {
  package let slice: BufferSlice
  package let access: Access

  package init(_ slice: BufferSlice, _ access: Access) {
    self.slice = slice
    self.access = access
  }

  /// The bytes of the Vulkan buffer that the shader is shown.
  ///
  /// A slice that ends with its buffer shows the padding and the guard too: drivers clamp a store outside of the
  /// descriptor, so that the guard would never see it.
  /// - Throws: `.invalid` where the slice leaves its buffer, is longer than a binding may be or not aligned.
  func descriptorRange(maximum: Int) throws(GPUError) -> Range<Int> {
    let range = try slice.checkedRange()
    let buffer = slice.buffer
    let alignment = buffer.pool.device.physical.storageBufferAlignment
    guard range.lowerBound % alignment == 0 else {
      throw .invalid(
        "a binding begins at byte \(range.lowerBound) of \(buffer.label), not at a multiple of \(alignment)")
    }
    guard range.count <= maximum else {
      throw .invalid(
        "a binding of \(range.count) bytes of \(buffer.label) is longer than the \(maximum) bytes that "
          + "\(buffer.pool.device.physical.name) allows: split it by rows")
    }
    let start = buffer.baseOffset + range.lowerBound
    let end = range.upperBound == buffer.byteCount ? buffer.fullByteCount : buffer.baseOffset + range.upperBound
    return start..<min(end, start + maximum)
  }

  var byteAccess: ByteAccess {
    ByteAccess(
      buffer: ObjectIdentifier(slice.buffer), range: slice.offset..<slice.offset + slice.byteCount, access: access)
  }
}
