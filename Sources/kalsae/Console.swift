import Foundation
import Workbench

/// Where a command writes: text on standard output, notes on standard error, colours only for people.
struct Console: Sendable {
  /// Whether a person reads standard output.
  let isTerminal: Bool
  /// Whether a person reads standard error.
  let notesGoToTerminal: Bool
  private let colours: Bool

  init(environment: [String: String] = ProcessInfo.processInfo.environment) {
    isTerminal = isatty(STDOUT_FILENO) == 1
    notesGoToTerminal = isatty(STDERR_FILENO) == 1
    colours = (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
  }

  func write(_ text: String) { write(Array(text.utf8)) }

  /// Ends the program where standard output cannot be written: a result that nobody gets is no success.
  func write(_ bytes: [UInt8]) {
    do {
      try FileHandle.standardOutput.write(contentsOf: Data(bytes))
    } catch {
      Self.standardError("kalsae: standard output cannot be written: \(Self.reason(error))\n")
      _exit(ExitStatus.input.rawValue)
    }
  }

  /// What the system says of a failed read or write, such as "No space left on device".
  static func reason(_ error: any Error) -> String {
    let error = error as NSError
    let cause = error.userInfo[NSUnderlyingErrorKey] as? NSError ?? error
    var isFolder: ObjCBool = false
    if let path = error.userInfo[NSFilePathErrorKey] as? String,
      FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue
    {
      return "it is a folder"
    }
    return cause.domain == NSPOSIXErrorDomain
      ? String(cString: strerror(Int32(cause.code))) : cause.localizedDescription
  }

  /// A line beside the result, dimmed on a terminal.
  func note(_ text: String) {
    let line = notesGoToTerminal && colours ? "\u{1b}[2m\(text)\u{1b}[0m\n" : text + "\n"
    Self.standardError(line)
  }

  /// A heading on standard output, bold on a terminal.
  func heading(_ text: String) -> String { isTerminal && colours ? "\u{1b}[1m\(text)\u{1b}[0m" : text }

  /// A text on standard output in a colour of its own, where a person reads it.
  func accent(_ text: String) -> String { isTerminal && colours ? "\u{1b}[36m\(text)\u{1b}[0m" : text }

  /// One line of JSON with sorted keys in snake_case.
  func writeJSON(_ value: some Encodable) throws {
    write(try ReportJSON.line(value))
  }

  static func standardError(_ text: String) { try? FileHandle.standardError.write(contentsOf: Data(text.utf8)) }
}
