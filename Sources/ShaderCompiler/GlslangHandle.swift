internal import CGlslang

/// Owns one glslang compilation and frees it.
struct GlslangHandle: ~Copyable {
  private let unit: OpaquePointer

  init?(source: String) {
    guard let unit = glslang_unit_create(source) else { return nil }
    self.unit = unit
  }

  deinit { glslang_unit_destroy(unit) }

  func addInclude(includer: String, requested: String, file: ShaderFile) -> Bool {
    glslang_unit_add_include(unit, includer, requested, file.path, file.text)
  }

  func compile(_ optimization: ShaderCompiler.Optimization) -> Bool {
    let option =
      switch optimization {
      case .none: GLSLANG_OPTIMIZATION_NONE
      case .performance: GLSLANG_OPTIMIZATION_PERFORMANCE
      case .size: GLSLANG_OPTIMIZATION_SIZE
      }
    return glslang_unit_compile(unit, option)
  }

  var log: String { String(cString: glslang_unit_log(unit)) }

  var words: [UInt32] { (0..<glslang_unit_word_count(unit)).map { glslang_unit_word(unit, $0) } }
}
