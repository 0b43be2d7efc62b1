import Foundation
import GPU
import Ops
import Testing

@Suite(.serialized) struct PipelineCacheTests {
  private let identity = PipelineCacheIdentity(
    vendorID: 0x10005, deviceID: 7, driverVersion: 42, uuid: (0..<16).map { UInt8($0) })

  /// What a driver would return: Vulkan's header, then its own bytes.
  private func blob(_ identity: PipelineCacheIdentity, byteCount: Int = 500) -> [UInt8] {
    bytes([32, 1, identity.vendorID, identity.deviceID]) + identity.uuid + (0..<byteCount).map { UInt8($0 % 251) }
  }

  private func inDirectory(_ body: (String) throws -> Void) throws {
    let directory = NSTemporaryDirectory() + "/kalsae-cache-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: directory) }
    try body(directory + "/nested/kalsae")
  }

  private func read(_ path: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(fileURLWithPath: path))) }

  private func write(_ bytes: [UInt8], _ path: String, mode: Int = 0o600) throws {
    try? FileManager.default.removeItem(atPath: path)
    #expect(FileManager.default.createFile(atPath: path, contents: Data(bytes), attributes: [.posixPermissions: mode]))
  }

  @Test func storedBlobComesBack() throws {
    try inDirectory { directory in
      let file = PipelineCacheFile(directory: directory, identity: identity)
      #expect(file.load() == nil)
      #expect(file.store(blob(identity)))
      #expect(file.load() == blob(identity))
      #expect(file.store(blob(identity, byteCount: 9)))
      #expect(file.load() == blob(identity, byteCount: 9))
      let attributes = try FileManager.default.attributesOfItem(atPath: file.path)
      #expect(attributes[.posixPermissions] as? Int == 0o600)
      #expect(try FileManager.default.contentsOfDirectory(atPath: directory).count == 1)
    }
  }

  @Test func changedFilesNeverReachTheDriver() throws {
    try inDirectory { directory in
      let file = PipelineCacheFile(directory: directory, identity: identity)
      #expect(file.store(blob(identity)))
      let good = try read(file.path)
      var random = SeededGenerator(seed: 2026)
      for index in 0..<200 {
        var bad = good
        let position = Int.random(in: 0..<bad.count, using: &random)
        switch index % 5 {
        case 0: bad[position] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 1: bad.removeLast(Int.random(in: 1...bad.count, using: &random))
        case 2: bad.append(contentsOf: Array(repeating: 0, count: Int.random(in: 1...64, using: &random)))
        case 3: bad.remove(at: position)
        default: bad[position] = bad[position] &+ UInt8.random(in: 1...255, using: &random)
        }
        try write(bad, file.path)
        #expect(file.load() == nil, "mutation \(index) at byte \(position) was loaded")
        #expect(!FileManager.default.fileExists(atPath: file.path), "mutation \(index) was not deleted")
      }
      try write(good, file.path)
      #expect(file.load() == blob(identity))
    }
  }

  @Test func otherDriversAndOtherReadersAreRefused() throws {
    try inDirectory { directory in
      let file = PipelineCacheFile(directory: directory, identity: identity)
      #expect(file.store(blob(identity)))
      let good = try read(file.path)
      var others = [identity, identity, identity]
      others[0].vendorID += 1
      others[1].deviceID += 1
      others[2].driverVersion += 1
      for other in others {
        try write(good, file.path)
        #expect(PipelineCacheFile(directory: directory, identity: other).load() == nil)
      }
      for mode in [0o644, 0o620, 0o604] {
        try write(good, file.path, mode: mode)
        #expect(file.load() == nil)
      }
      try write(good, directory + "/elsewhere")
      try FileManager.default.createSymbolicLink(atPath: file.path, withDestinationPath: directory + "/elsewhere")
      #expect(file.load() == nil)
      #expect(try read(directory + "/elsewhere") == good)
    }
  }

  @Test func blobOfAnotherDeviceIsNotStored() throws {
    try inDirectory { directory in
      let file = PipelineCacheFile(directory: directory, identity: identity)
      var other = identity
      other.deviceID += 1
      #expect(!file.store(blob(other)))
      #expect(!file.store([]))
      #expect(file.load() == nil)
    }
  }

  @Test func whatEndedProcessesLeftIsDeleted() throws {
    try inDirectory { directory in
      let file = PipelineCacheFile(directory: directory, identity: identity)
      #expect(file.store(blob(identity)))
      // The kernel gives no process a number as large.
      for writer in ["\(Int32.max)-7", "\(getpid())-7"] { try write([1], "\(file.path).\(writer).tmp") }
      #expect(file.store(blob(identity)))
      let left = try FileManager.default.contentsOfDirectory(atPath: directory).map { "\(directory)/\($0)" }
      #expect(Set(left) == [file.path, "\(file.path).\(getpid())-7.tmp"])
    }
  }

  @Test func deviceKeepsItsPipelines() throws {
    try inDirectory { directory in
      var files: Set<Int> = []
      for _ in 0..<2 {
        try withDevice(DeviceOptions(pipelineCacheDirectory: directory)) { device in
          _ = try device.makePipeline(.affine())
        }
        let names = try FileManager.default.contentsOfDirectory(atPath: directory)
        #expect(names.count == 1)
        for name in names {
          let attributes = try FileManager.default.attributesOfItem(atPath: "\(directory)/\(name)")
          files.insert(try #require(attributes[.systemFileNumber] as? Int))
        }
      }
      #expect(files.count == 1, "what holds all already was written again")
    }
  }
}
