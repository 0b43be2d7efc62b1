internal import CGlslang

/// GLSL compute shaders to SPIR-V 1.6 for Vulkan 1.3, through the linked glslang.
package enum ShaderCompiler {
  package enum Optimization: Sendable { case none, performance, size }

  /// Finds the file that `name` means inside the file `includer`.
  package typealias IncludeResolver = (_ name: String, _ includer: String) -> ShaderFile?

  /// The SPIR-V words of a shader; messages name the file and line of the text they are about, inside includes too.
  ///
  /// `definitions` become `#define NAME VALUE` before the first line after `#version`. The optimiser only runs where
  /// glslang was built with one, so the default leaves it out: the same source then gives the same words everywhere.
  package static func compile(
    source: String, fileName: String, definitions: [String: String] = [:], optimization: Optimization = .none,
    resolver: IncludeResolver = { _, _ in nil }
  ) throws(ShaderCompileError) -> [UInt32] {
    let file = ShaderFile(path: fileName, text: source)
    let text = try textWithPreamble(of: file, definitions: definitions)
    guard let unit = GlslangHandle(source: text) else { throw failure("memory is exhausted", in: file) }
    try addIncludes(of: file, to: unit, resolver: resolver)
    guard unit.compile(optimization) else {
      throw ShaderCompileError(diagnostics: ShaderDiagnostic.parse(log: unit.log, path: fileName), path: fileName)
    }
    return unit.words
  }

  private static func failure(_ message: String, in file: ShaderFile, line: Int? = nil) -> ShaderCompileError {
    ShaderCompileError(
      diagnostics: [ShaderDiagnostic(path: file.path, line: line, message: message)], path: file.path)
  }

  // `#version` must stay first, so the preamble goes behind it; `#line` then restores the numbers and names the file.
  private static func textWithPreamble(
    of file: ShaderFile, definitions: [String: String]
  ) throws(ShaderCompileError) -> String {
    try refuseNull(in: file)
    let lines = file.text.split(separator: "\n", omittingEmptySubsequences: false)
    guard let version = lines.firstIndex(where: { $0.drop(while: \.isWhitespace).hasPrefix("#version") }) else {
      throw failure("no #version line; write `#version 460` before the first declaration", in: file, line: 1)
    }
    var preamble = ["#extension GL_GOOGLE_include_directive : require"]
    preamble += definitions.sorted { $0.key < $1.key }.map { "#define \($0.key) \($0.value)" }
    preamble.append("#line \(version + 2) \"\(file.path)\"")
    let head = lines[...version].joined(separator: "\n")
    let rest = lines[(version + 1)...].joined(separator: "\n")
    return head + "\n" + preamble.joined(separator: "\n") + "\n" + rest
  }

  // glslang takes C strings: behind a NUL the rest of a file would vanish without a word.
  private static func refuseNull(in file: ShaderFile) throws(ShaderCompileError) {
    if file.text.utf8.contains(0) { throw failure("the file contains a NUL byte", in: file) }
  }

  // Every include that the text mentions is handed over, also from inactive branches; one that nobody finds is left
  // out, so that glslang reports it with file and line if an active line asks for it.
  private static func addIncludes(
    of file: ShaderFile, to unit: borrowing GlslangHandle, resolver: IncludeResolver
  ) throws(ShaderCompileError) {
    var waiting = [(file: file, includer: "")]
    var seen: Set<String> = [""]
    while let (current, includer) = waiting.popLast() {
      var requested: Set<String> = []
      for name in includeNames(in: current.text) where requested.insert(name).inserted {
        guard let found = resolver(name, current.path) else { continue }
        try refuseNull(in: found)
        guard unit.addInclude(includer: includer, requested: name, file: found) else {
          throw failure("memory is exhausted", in: file)
        }
        if seen.insert(found.path).inserted { waiting.append((found, found.path)) }
      }
    }
  }

  /// The names in the `#include` lines of a text, in order.
  package static func includeNames(in text: String) -> [String] {
    text.split(separator: "\n").compactMap { line in
      let directive = line.drop(while: \.isWhitespace)
      guard directive.first == "#" else { return nil }
      let word = directive.dropFirst().drop(while: \.isWhitespace)
      guard word.hasPrefix("include") else { return nil }
      let quoted = word.dropFirst("include".count).drop(while: \.isWhitespace)
      guard let open = quoted.first, open == "\"" || open == "<" else { return nil }
      let name = quoted.dropFirst().prefix { $0 != (open == "<" ? ">" : "\"") }
      return name.isEmpty ? nil : String(name)
    }
  }
}
