import Foundation

/// A regular file mapped read-only for as long as this object lives.
///
/// The only type of this target with unsafe code: the pointer never leaves it.
package final class MappedFile: Sendable {
  package let path: String
  package let byteCount: Int
  private let address: Int

  /// - Throws: `TensorError` that names the path and the reason.
  package init(path: String) throws(TensorError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw TensorError("cannot open \(path): \(String(cString: strerror(errno)))") }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw TensorError("\(path) is not a regular file")
    }
    self.path = path
    self.byteCount = Int(status.st_size)
    guard byteCount > 0 else {
      self.address = 0
      return
    }
    guard let pointer = mmap(nil, byteCount, PROT_READ, MAP_PRIVATE, descriptor, 0), pointer != MAP_FAILED else {
      throw TensorError("cannot map \(path): \(String(cString: strerror(errno)))")
    }
    self.address = Int(bitPattern: pointer)
  }

  deinit {
    if byteCount > 0 { munmap(UnsafeMutableRawPointer(bitPattern: address), byteCount) }
  }

  /// The bytes of `range`, valid within `body`.
  ///
  /// - Throws: `TensorError` where the range leaves the file.
  package func withBytes<Result>(_ range: Range<Int>, _ body: (RawSpan) -> Result) throws(TensorError) -> Result {
    guard range.lowerBound >= 0, range.upperBound <= byteCount else {
      throw TensorError("\(path) ends at byte \(byteCount), before \(range.upperBound)")
    }
    let buffer = UnsafeRawBufferPointer(
      start: UnsafeRawPointer(bitPattern: address)?.advanced(by: range.lowerBound), count: range.count)
    return body(buffer.bytes)
  }
}
