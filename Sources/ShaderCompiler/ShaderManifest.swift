/// What the `//! key: words` lines at the head of a kernel's file say about it.
package struct ShaderManifest: Equatable, Sendable, Codable {
  /// The operation that the kernel serves.
  package var op: String
  /// Activation types to compile for; each becomes `#define ELEMENT_<NAME>`. Empty: one variant without a type.
  package var elements: [String]
  /// Block formats to compile for; each becomes `#define FORMAT_<NAME>`. Empty: one variant without a format.
  package var formats: Formats
  /// Capabilities that the device must offer.
  package var requirements: [String]

  package enum Formats: Equatable, Sendable, Codable {
    /// Every file of `shaders/formats`.
    case all
    case named([String])
  }

  package init(op: String, elements: [String] = [], formats: Formats = .named([]), requirements: [String] = []) {
    self.op = op
    self.elements = elements
    self.formats = formats
    self.requirements = requirements
  }
}

/// A manifest line that cannot be understood.
package struct ShaderManifestError: Error, Equatable, CustomStringConvertible {
  package let path: String
  package let line: Int
  package let message: String

  package var description: String { "\(path):\(line): error: \(message)" }
}

extension ShaderManifest {
  private static let keys = ["op", "elements", "formats", "requires"]

  /// Reads the manifest of a kernel; it ends at the first line that is neither blank nor a `//` comment.
  package init(source: String, path: String) throws(ShaderManifestError) {
    var found: [String: [String]] = [:]
    var isHead = true
    for (index, line) in source.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let text = line.drop(while: \.isWhitespace)
      isHead = isHead && (text.isEmpty || text.hasPrefix("//"))
      guard text.hasPrefix("//!") else { continue }
      func failure(_ message: String) -> ShaderManifestError {
        ShaderManifestError(path: path, line: index + 1, message: message)
      }
      guard isHead else { throw failure("a manifest line must come before the code") }
      let body = text.dropFirst(3)
      guard let colon = body.firstIndex(of: ":") else { throw failure("a manifest line reads `//! key: words`") }
      let key = body[..<colon].split(whereSeparator: \.isWhitespace).joined(separator: " ")
      let words = body[body.index(after: colon)...].split(whereSeparator: \.isWhitespace).map(String.init)
      guard Self.keys.contains(key) else {
        throw failure("unknown manifest key `\(key)`; known are \(Self.keys.joined(separator: ", "))")
      }
      guard found[key] == nil else { throw failure("the manifest key `\(key)` appears twice") }
      if let problem = Self.problem(key: key, words: words) { throw failure(problem) }
      found[key] = words
    }
    guard let op = found["op"]?.first else {
      throw ShaderManifestError(path: path, line: 1, message: "the manifest names no operation; write `//! op: name`")
    }
    let formats = found["formats"] ?? []
    self.init(
      op: op, elements: found["elements"] ?? [], formats: formats == ["all"] ? .all : .named(formats),
      requirements: found["requires"] ?? [])
  }

  private static func problem(key: String, words: [String]) -> String? {
    if words.isEmpty { return "the manifest key `\(key)` has no value" }
    if key == "op" && words.count != 1 { return "the manifest key `op` takes one word" }
    if key == "formats" && words.count > 1 && words.contains("all") { return "`all` stands alone in `formats`" }
    if Set(words).count != words.count { return "a word appears twice in `\(key)`" }
    if key != "requires", let word = words.first(where: { !isName($0) }) {
      return "`\(word)` in `\(key)` is not a name of small letters, digits and underscores"
    }
    return nil
  }

  // Names become preprocessor symbols and parts of variant names, where a dot separates.
  private static func isName(_ word: String) -> Bool {
    word.utf8.allSatisfy { ($0 >= 97 && $0 <= 122) || ($0 >= 48 && $0 <= 57) || $0 == 95 }
  }
}
