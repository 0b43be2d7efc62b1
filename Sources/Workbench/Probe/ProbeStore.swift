import Foundation
import GPU

/// Outcomes of probes kept between runs: one JSON file each, for this user alone.
package struct ProbeStore: Sendable {
  private struct Entry: Codable {
    var identity: ProbeIdentity
    var outcome: ProbeOutcome
  }

  /// A probe is about a kilobyte; anything much longer is none.
  private static let mostByteCount = 1 << 16

  package let folder: String

  package init(folder: String) { self.folder = folder }

  /// In the cache of this user; nil where there is no place for one.
  package static var usual: ProbeStore? {
    DeviceOptions.defaultCacheDirectory.map { ProbeStore(folder: $0 + "/probes") }
  }

  /// What was kept, or nil where there is nothing, or a file that is broken or of something else.
  package func outcome(for identity: ProbeIdentity) -> ProbeOutcome? {
    guard let file = FileHandle(forReadingAtPath: path(for: identity)),
      let data = try? file.read(upToCount: Self.mostByteCount),
      let entry = try? JSONDecoder().decode(Entry.self, from: data), entry.identity == identity
    else { return nil }
    if case .measured(let probe) = entry.outcome, !probe.isPlausible { return nil }
    return entry.outcome
  }

  /// Replaces the file as a whole: a crash leaves the old one or the new one. False where it could not be written.
  package func keep(_ outcome: ProbeOutcome, for identity: ProbeIdentity) -> Bool {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    let manager = FileManager.default
    guard let data = try? encoder.encode(Entry(identity: identity, outcome: outcome)),
      (try? manager.createDirectory(
        atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])) != nil
    else { return false }
    let (path, temporary) = (path(for: identity), "\(path(for: identity)).\(getpid()).tmp")
    guard manager.createFile(atPath: temporary, contents: data, attributes: [.posixPermissions: 0o600]),
      rename(temporary, path) == 0
    else {
      unlink(temporary)
      return false
    }
    return true
  }

  /// Named after the device, and a hash of all else that it is for.
  package func path(for identity: ProbeIdentity) -> String {
    let text = [
      identity.driverUUID, identity.driverVersion, identity.name, "\(identity.version)", identity.kernels,
    ]
    let hash = text.joined(separator: "\n").utf8
      .reduce(UInt64(0xcbf2_9ce4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    return "\(folder)/\(identity.deviceUUID)-\(String(hash, radix: 16)).json"
  }
}
