import Foundation

/// A regular file mapped read-only for as long as this object lives.
///
/// The only type of this target with unsafe code: the pointer never leaves it. A file that another program cuts short
/// while it is mapped is noticed at the next access and reported; only a cut during an access itself ends the process
/// (SIGBUS), so replace model files by renaming, never in place.
package final class MappedFile: Sendable {
  package let path: String
  package let byteCount: Int
  private let address: Int
  private let descriptor: Int32

  /// - Parameters:
  ///   - followingLinks: whether the last part of `path` may be a link.
  ///   - shownAs: the path in messages; nil for `path`.
  /// - Throws: `TensorError` that names the path and the reason.
  package init(path: String, followingLinks: Bool = true, shownAs shown: String? = nil) throws(TensorError) {
    let name = shown ?? path
    // Without O_NONBLOCK, opening a named pipe would wait for a writer.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | (followingLinks ? 0 : O_NOFOLLOW))
    guard descriptor >= 0 else { throw TensorError("cannot open \(name): \(String(cString: strerror(errno)))") }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw TensorError("\(name) is not a regular file")
    }
    let byteCount = Int(status.st_size)
    var address = 0
    if byteCount > 0 {
      guard let pointer = mmap(nil, byteCount, PROT_READ, MAP_PRIVATE, descriptor, 0), pointer != MAP_FAILED else {
        let reason = String(cString: strerror(errno))
        close(descriptor)
        throw TensorError("cannot map \(name): \(reason)")
      }
      address = Int(bitPattern: pointer)
    }
    self.path = name
    self.byteCount = byteCount
    self.address = address
    self.descriptor = descriptor
  }

  deinit {
    if byteCount > 0 { munmap(UnsafeMutableRawPointer(bitPattern: address), byteCount) }
    close(descriptor)
  }

  /// Lets the kernel take back the memory that holds `range`; the bytes stay readable from the file.
  package func forget(_ range: Range<Int>) {
    let page = Int(sysconf(Int32(_SC_PAGESIZE)))
    let first = (range.lowerBound + page - 1) / page * page
    let end = range.upperBound / page * page
    if first < end { madvise(UnsafeMutableRawPointer(bitPattern: address + first), end - first, MADV_DONTNEED) }
  }

  /// The bytes of `range`, valid within `body`.
  ///
  /// - Throws: `TensorError` where the range leaves the file, or the file has been cut short since it was opened.
  package func withBytes<Result>(
    _ range: Range<Int>, _ body: (RawSpan) throws(TensorError) -> Result
  ) throws(TensorError) -> Result {
    guard range.lowerBound >= 0, range.upperBound <= byteCount else {
      throw TensorError("\(path) ends at byte \(byteCount), before \(range.upperBound)")
    }
    var status = stat()
    guard fstat(descriptor, &status) == 0, Int(status.st_size) >= range.upperBound else {
      throw TensorError("\(path) has been cut short since it was opened: it ends before byte \(range.upperBound)")
    }
    let buffer = UnsafeRawBufferPointer(
      start: UnsafeRawPointer(bitPattern: address)?.advanced(by: range.lowerBound), count: range.count)
    return try body(buffer.bytes)
  }

  /// `path` without links and `..`, or nil where it leads nowhere.
  package static func resolvedPath(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(validatingCString: resolved)
  }

  /// Whether something, be it a broken link, has this path.
  package static func exists(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0
  }

  /// Whether `path` is a folder or a link to one.
  package static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }
}
