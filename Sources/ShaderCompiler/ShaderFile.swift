/// One GLSL text and the path that messages about it name.
package struct ShaderFile: Equatable, Sendable {
  package var path: String
  package var text: String

  package init(path: String, text: String) {
    self.path = path
    self.text = text
  }
}
