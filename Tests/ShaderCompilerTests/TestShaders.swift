import ShaderCompiler

/// Shaders that the tests compile, and a resolver over texts in memory.
enum TestShaders {
  static let scale = """
    #version 460
    layout(local_size_x_id = 0, local_size_y = 4) in;
    layout(constant_id = 7) const float FACTOR = 0.5;
    layout(constant_id = 3) const bool IS_NEGATED = true;
    layout(constant_id = 5) const int OFFSET = -2;
    layout(push_constant) uniform Push { uint count; float bias; uvec3 sizes; } push;
    layout(set = 1, binding = 2) readonly buffer Source { float values[]; } source;
    layout(set = 0, binding = 4) writeonly buffer Result { float values[]; } result;
    layout(set = 0, binding = 1) buffer Both { uint counter; };
    layout(set = 0, binding = 0) uniform Settings { vec4 tint; } settings;
    void main() {
      uint i = gl_GlobalInvocationID.x;
      if (i >= push.count + push.sizes.z) return;
      float value = source.values[i + OFFSET] * FACTOR + push.bias + settings.tint.x;
      result.values[i] = IS_NEGATED ? -value : value;
      counter += 1;
    }
    """

  /// A resolver that finds files by the name in the include line.
  static func resolver(_ files: [String: String]) -> ShaderCompiler.IncludeResolver {
    { name, _ in files[name].map { ShaderFile(path: "shaders/lib/\(name)", text: $0) } }
  }

  /// A complete shader around one statement.
  static func shader(_ statement: String, head: String = "") -> String {
    "#version 460\n\(head)\nlayout(local_size_x = 8) in;\nlayout(binding = 0) buffer B { float b[]; };\n"
      + "void main() {\n  \(statement)\n}\n"
  }

  /// What compiling throws; nil where it compiles.
  static func failure(
    _ source: String, definitions: [String: String] = [:],
    resolver: ShaderCompiler.IncludeResolver = { _, _ in nil }
  ) -> ShaderCompileError? {
    do throws(ShaderCompileError) {
      _ = try ShaderCompiler.compile(
        source: source, fileName: "shaders/ops/test.comp", definitions: definitions, resolver: resolver)
      return nil
    } catch {
      return error
    }
  }
}
