import Foundation

/// Earlier lines, kept in a file that only its owner may read.
package struct LineHistory: Sendable {
  package static let longestCount = 1000
  /// Oldest first.
  package private(set) var lines: [String] = []
  private let path: String

  /// Where the history lies: `$XDG_STATE_HOME/kalsae/history`, by default under `~/.local/state`; nil without a home.
  package static func defaultPath(environment: [String: String]) -> String? {
    if let state = environment["XDG_STATE_HOME"], state.hasPrefix("/") { return state + "/kalsae/history" }
    return environment["HOME"].map { $0 + "/.local/state/kalsae/history" }
  }

  /// The history in a file; empty where it cannot be read.
  package init(path: String) {
    self.path = path
    guard let data = FileManager.default.contents(atPath: path) else { return }
    let stored = String(decoding: data, as: UTF8.self).split(separator: "\n").suffix(Self.longestCount)
    lines = stored.map { Self.unescaped($0) }
  }

  /// Adds a line and writes the file; a history that cannot be written is only kept while the program runs.
  package mutating func append(_ line: String) {
    guard !line.allSatisfy(\.isWhitespace), line != lines.last else { return }
    lines.append(line)
    lines.removeFirst(max(0, lines.count - Self.longestCount))
    let files = FileManager.default
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    try? files.createDirectory(
      atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    let data = Data((lines.map { Self.escaped($0) }.joined(separator: "\n") + "\n").utf8)
    // The file gets its permissions before it holds anything.
    if !files.fileExists(atPath: path) {
      _ = files.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600])
    }
    guard let handle = FileHandle(forWritingAtPath: path) else { return }
    try? handle.truncate(atOffset: 0)
    try? handle.write(contentsOf: data)
    try? handle.close()
  }

  /// One line of the file for a text of several: `\n` for a line break, `\\` for a backslash.
  package static func escaped(_ line: String) -> String {
    var escaped = ""
    for scalar in line.unicodeScalars {
      switch scalar {
      case "\\": escaped += "\\\\"
      case "\n": escaped += "\\n"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }

  package static func unescaped(_ line: some StringProtocol) -> String {
    var text = ""
    var isEscaped = false
    for scalar in line.unicodeScalars {
      if isEscaped {
        text.unicodeScalars.append(scalar == "n" ? "\n" : scalar)
        isEscaped = false
      } else if scalar == "\\" {
        isEscaped = true
      } else {
        text.unicodeScalars.append(scalar)
      }
    }
    return text
  }
}
