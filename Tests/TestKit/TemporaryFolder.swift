import Foundation

/// A folder of its own for one test, removed with this object.
public final class TemporaryFolder: Sendable {
  public let path: String

  public init() throws {
    let place = FileManager.default.temporaryDirectory.appendingPathComponent("kalsae-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
    path = place.path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a file and gives its path; folders on the way are made.
  @discardableResult
  public func write(_ name: String, _ bytes: [UInt8]) throws -> String {
    let place = URL(fileURLWithPath: "\(path)/\(name)")
    try FileManager.default.createDirectory(at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: place)
    return place.path
  }

  @discardableResult
  public func write(_ name: String, _ text: String) throws -> String { try write(name, Array(text.utf8)) }
}
