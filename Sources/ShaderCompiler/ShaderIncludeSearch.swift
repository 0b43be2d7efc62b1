package import Foundation

/// Where `#include "name"` is looked for: an alias first, then beside the file that asks, then in the directories.
package struct ShaderIncludeSearch: Sendable {
  package var directories: [URL]
  /// Names that stand for a certain file, such as `format.glsl` for the format that a variant is compiled for.
  package var aliases: [String: URL]

  package init(directories: [URL] = [], aliases: [String: URL] = [:]) {
    self.directories = directories
    self.aliases = aliases
  }

  /// The file that `name` means inside `includer`, nil where there is none.
  package func file(named name: String, includer: String) -> ShaderFile? {
    if let alias = aliases[name] { return read(alias) }
    let neighbour = URL(fileURLWithPath: includer).deletingLastPathComponent()
    for directory in [neighbour] + directories {
      if let file = read(directory.appendingPathComponent(name)) { return file }
    }
    return nil
  }

  private func read(_ url: URL) -> ShaderFile? {
    let url = url.standardizedFileURL
    guard let data = try? Data(contentsOf: url), let text = String(data: data, encoding: .utf8) else { return nil }
    return ShaderFile(path: url.path, text: text)
  }
}
