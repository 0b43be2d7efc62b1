/// One GLSL text and the path that messages about it name.
package struct ShaderFile: Equatable, Sendable, Codable {
  package var path: String
  package var text: String

  package init(path: String, text: String) {
    self.path = path
    self.text = text
  }

  /// The last part of the path.
  package var name: String { String(path.split(separator: "/").last ?? "") }
  /// The name without its ending.
  package var stem: String { String(name.split(separator: ".").first ?? "") }
  /// The last folder of the path; empty where there is none.
  package var folder: String { String(path.split(separator: "/").dropLast().last ?? "") }
}
