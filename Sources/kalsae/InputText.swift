import Foundation

/// Text from the command line, or, for `-`, every byte of standard input.
enum InputText {
  static func bytes(_ argument: String) throws(CommandError) -> [UInt8] {
    guard argument == "-" else { return Array(argument.utf8) }
    do {
      return Array(try FileHandle.standardInput.readToEnd() ?? Data())
    } catch {
      throw CommandError(.input, "standard input cannot be read: \(Console.reason(error))")
    }
  }

  /// The text of a file.
  static func file(_ path: String) throws(CommandError) -> String {
    do {
      return try String(contentsOf: URL(fileURLWithPath: path), encoding: .utf8)
    } catch {
      throw CommandError(.input, "\(path) cannot be read: \(Console.reason(error))")
    }
  }

  /// Ids from `1,2,3` or `1 2 3`.
  static func ids(_ text: String) throws(CommandError) -> [Int32] {
    var ids: [Int32] = []
    for field in text.split(whereSeparator: { $0 == "," || $0.isWhitespace || $0 == "[" || $0 == "]" }) {
      guard let id = Int32(field), id >= 0 else { throw CommandError(.input, "\"\(field)\" is no token id") }
      ids.append(id)
    }
    return ids
  }
}
