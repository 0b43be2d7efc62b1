internal import CGlslang

/// A release of glslang.
package struct GlslangVersion: Comparable, Sendable, CustomStringConvertible {
  package var major: Int
  package var minor: Int

  package init(_ major: Int, _ minor: Int) {
    self.major = major
    self.minor = minor
  }

  package var description: String { "\(major).\(minor)" }

  package static func < (left: GlslangVersion, right: GlslangVersion) -> Bool {
    (left.major, left.minor) < (right.major, right.minor)
  }

  /// The release that is linked.
  package static var current: GlslangVersion {
    GlslangVersion(Int(glslang_unit_version_major()), Int(glslang_unit_version_minor()))
  }

  /// The first release that knows a GLSL extension; nil where this table does not say.
  package static func first(knowing shaderExtension: String) -> GlslangVersion? { firstReleases[shaderExtension] }

  // From glslang's release notes.
  private static let firstReleases: [String: GlslangVersion] = [
    "GL_KHR_cooperative_matrix": GlslangVersion(13, 0),
    "GL_NV_cooperative_matrix2": GlslangVersion(15, 1),
    "GL_EXT_integer_dot_product": GlslangVersion(15, 2),
    "GL_EXT_bfloat16": GlslangVersion(15, 3),
    "GL_EXT_float_e4m3": GlslangVersion(15, 4),
    "GL_EXT_float_e5m2": GlslangVersion(15, 4),
    "GL_NV_cooperative_matrix_decode_vector": GlslangVersion(16, 4),
  ]
}
