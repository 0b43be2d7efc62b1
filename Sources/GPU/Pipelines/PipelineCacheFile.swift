import Foundation

/// The file of one device's pipeline cache.
///
/// Drivers cast the bytes to their own structs and crash on bad ones, so nothing reaches a driver that this file did not
/// prove: layout (little endian) is magic 8, version 4, vendor 4, device 4, driver version 4, pipelineCacheUUID 16,
/// blob length 8, FNV-1a checksum of the 48 bytes before and of the blob 8, blob. In any doubt the file is deleted. Who may
/// write here is this user, so that the checksum guards against damage, not against forgery.
package struct PipelineCacheFile: Sendable {
  package let path: String
  private let directory: String
  private let identity: PipelineCacheIdentity

  private static let magic = Array("KALSAEPC".utf8)
  private static let version: UInt32 = 2
  private static let headerByteCount = 56
  private static let mostByteCount = 1 << 28

  package init(directory: String, identity: PipelineCacheIdentity) {
    self.directory = directory
    self.identity = identity
    let name = identity.uuid.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    path = "\(directory)/pipelines-\(name).cache"
  }

  /// The blob, or nil where there is no file or any doubt about it; a doubtful file is deleted.
  package func load() -> [UInt8]? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard descriptor >= 0 else {
      if errno != ENOENT { unlink(path) }
      return nil
    }
    defer { close(descriptor) }
    guard let bytes = Self.readOwn(descriptor), let blob = blob(in: bytes) else {
      unlink(path)
      return nil
    }
    return blob
  }

  /// Replaces the file as a whole: a crash leaves the old one or the new one. False where it could not be written.
  package func store(_ blob: [UInt8]) -> Bool {
    guard blob.count <= Self.mostByteCount, Self.hasVulkanHeader(blob, identity), makeDirectory() else { return false }
    let temporary = "\(path).\(getpid())-\(UInt32.random(in: .min ... .max)).tmp"
    unlink(temporary)
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { return false }
    let isWritten = Self.writeAll(descriptor, header(for: blob) + blob) && fsync(descriptor) == 0
    guard close(descriptor) == 0, isWritten, rename(temporary, path) == 0 else {
      unlink(temporary)
      return false
    }
    removeLeftovers()
    return true
  }

  /// Deletes what processes left that ended while they wrote.
  private func removeLeftovers() {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
    for name in names where "\(directory)/\(name)".hasPrefix("\(path).") && name.hasSuffix(".tmp") {
      let writer = name.dropLast(4).split(separator: ".").last.flatMap { pid_t($0.prefix { $0.isNumber }) }
      if let writer, kill(writer, 0) != 0, errno == ESRCH { unlink("\(directory)/\(name)") }
    }
  }

  private func header(for blob: [UInt8]) -> [UInt8] {
    var header = Self.magic
    for value in [Self.version, identity.vendorID, identity.deviceID, identity.driverVersion] {
      header += Self.bytes(value)
    }
    header += identity.uuid
    header += Self.bytes(UInt64(blob.count))
    return header + Self.bytes(Self.checksum(header, blob))
  }

  /// The blob of a file whose every header byte is the expected one.
  private func blob(in file: [UInt8]) -> [UInt8]? {
    guard file.count > Self.headerByteCount else { return nil }
    let blob = Array(file[Self.headerByteCount...])
    // The header of the right file is known completely, so that comparing it proves every field and the checksum.
    guard identity.uuid.count == 16, Array(file.prefix(Self.headerByteCount)) == header(for: blob) else { return nil }
    return Self.hasVulkanHeader(blob, identity) ? blob : nil
  }

  /// Whether the blob begins as the Vulkan specification says, for this device.
  private static func hasVulkanHeader(_ blob: [UInt8], _ identity: PipelineCacheIdentity) -> Bool {
    let headerByteCount: UInt32 = 32
    let versionOne: UInt32 = 1
    let expected =
      bytes(headerByteCount) + bytes(versionOne) + bytes(identity.vendorID) + bytes(identity.deviceID) + identity.uuid
    return blob.count >= expected.count && Array(blob.prefix(expected.count)) == expected
  }

  /// FNV-1a with 64 bits (Fowler, Noll, Vo): every change of one byte shows.
  private static func checksum(_ header: [UInt8], _ blob: [UInt8]) -> UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in header { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    for byte in blob { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return hash
  }

  private static func bytes<Number: FixedWidthInteger>(_ value: Number) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }

  /// The whole file, if it is a regular one of a possible size that only this user can read and write.
  private static func readOwn(_ descriptor: Int32) -> [UInt8]? {
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_uid == geteuid(),
      status.st_mode & 0o077 == 0, status.st_size > headerByteCount,
      status.st_size <= mostByteCount + headerByteCount
    else { return nil }
    var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
    var count = 0
    while count < bytes.count {
      let read = bytes[count...].withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, off_t(count)) }
      if read < 0, errno == EINTR { continue }
      guard read > 0 else { return nil }
      count += read
    }
    return bytes
  }

  private static func writeAll(_ descriptor: Int32, _ bytes: [UInt8]) -> Bool {
    var count = 0
    while count < bytes.count {
      let written = bytes[count...].withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
      if written < 0, errno == EINTR { continue }
      guard written > 0 else { return false }
      count += written
    }
    return true
  }

  /// The directory and those above it, for this user alone.
  private func makeDirectory() -> Bool {
    try? FileManager.default.createDirectory(
      atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    var isDirectory: ObjCBool = false
    return FileManager.default.fileExists(atPath: directory, isDirectory: &isDirectory) && isDirectory.boolValue
  }
}
