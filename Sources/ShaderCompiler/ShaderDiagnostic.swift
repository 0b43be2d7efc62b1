/// One message of the GLSL compiler about one place in the user's files.
package struct ShaderDiagnostic: Equatable, Sendable, CustomStringConvertible {
  package enum Severity: String, Sendable { case error, warning }

  package var severity: Severity
  package var path: String
  /// 1-based; nil where the message is about the shader as a whole.
  package var line: Int?
  package var message: String

  package init(severity: Severity = .error, path: String, line: Int?, message: String) {
    self.severity = severity
    self.path = path
    self.line = line
    self.message = message
  }

  package var description: String {
    let place = line.map { "\(path):\($0)" } ?? path
    return "\(place): \(severity.rawValue): \(message)"
  }
}

extension ShaderDiagnostic {
  /// The messages of a glslang log; those without a place are given to `path`.
  static func parse(log: String, path: String) -> [ShaderDiagnostic] {
    log.split(whereSeparator: \.isNewline).compactMap { parse(logLine: String($0), path: path) }
  }

  private static func parse(logLine: String, path: String) -> ShaderDiagnostic? {
    let severity: Severity
    let body: Substring
    if logLine.hasPrefix("ERROR: ") {
      (severity, body) = (.error, logLine.dropFirst(7))
    } else if logLine.hasPrefix("WARNING: ") {
      (severity, body) = (.warning, logLine.dropFirst(9))
    } else {
      return nil
    }
    guard let place = place(in: body) else {
      let isTally = body.contains(" compilation errors.")
      return isTally ? nil : ShaderDiagnostic(severity: severity, path: path, line: nil, message: trim(body))
    }
    let message = trim(place.message)
    if message == "'' : compilation terminated" { return nil }
    return ShaderDiagnostic(
      severity: severity, path: place.path.isEmpty || place.path == "0" ? path : place.path, line: place.line,
      message: message)
  }

  // The first `:digits:` ends the path; a path with a colon in it stays whole.
  private static func place(in body: Substring) -> (path: String, line: Int, message: Substring)? {
    var start = body.startIndex
    while let colon = body[start...].firstIndex(of: ":") {
      let digits = body[body.index(after: colon)...].prefix(while: \.isWholeNumber)
      if let line = Int(digits), digits.endIndex < body.endIndex, body[digits.endIndex] == ":" {
        return (String(body[..<colon]), line, body[body.index(after: digits.endIndex)...])
      }
      start = body.index(after: colon)
    }
    return nil
  }

  private static func trim(_ text: Substring) -> String {
    let head = text.drop(while: \.isWhitespace)
    return String(head.reversed().drop(while: \.isWhitespace).reversed())
  }
}
