/// Why a shader did not become SPIR-V: the compiler's messages with file and line.
package struct ShaderCompileError: Error, Equatable, CustomStringConvertible {
  /// Never empty.
  package let diagnostics: [ShaderDiagnostic]

  package init(diagnostics: [ShaderDiagnostic], path: String) {
    let errors = diagnostics.filter { $0.severity == .error }
    let fallback = ShaderDiagnostic(path: path, line: nil, message: "glslang failed without saying why")
    self.diagnostics = errors.isEmpty ? [fallback] : errors
  }

  package var description: String { diagnostics.map(\.description).joined(separator: "\n") }

  /// The `#extension` that this glslang does not know, where that is what failed.
  package var unsupportedExtension: String? {
    let prefix = "'#extension' : extension not supported: "
    return diagnostics.lazy.map(\.message).first { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
  }
}
