import Foundation
import ShaderCompiler
import Testing

@Suite struct ShaderSetTests {
  private static let kernel = """
    //! op: scale
    //! formats: all
    #version 460
    #include "format.glsl"
    #include "step.glsl"
    layout(local_size_x_id = 0) in;
    layout(binding = 0) writeonly buffer B { float b[]; };
    void main() { b[0] = FACTOR * STEP; }

    """
  private static let base = [
    ShaderFile(path: "formats/one.glsl", text: "#define FACTOR 1\n"),
    ShaderFile(path: "formats/two.glsl", text: "#define FACTOR 2\n"),
    ShaderFile(path: "lib/step.glsl", text: "#define STEP 3\n"),
  ]

  /// A folder with these files, by path, for the time of `body`.
  private func withFolder(_ files: [String: String], _ body: (URL) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "kalsae-set-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    for (path, text) in files {
      let url = folder.appending(path: path)
      try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: url)
    }
    try body(folder)
  }

  @Test func aLoneKernelTakesItsIncludesFromTheBase() throws {
    try withFolder(["scale.comp": Self.kernel]) { folder in
      let (pack, warnings) = try ShaderSet(folder: folder, base: Self.base).compile()
      #expect(pack.variants.map(\.name) == ["scale.one", "scale.two"])
      #expect(pack.variants[0].words != pack.variants[1].words)
      #expect(pack.includes.map(\.name) == ["one.glsl", "two.glsl", "step.glsl"])
      #expect(warnings == [])
    }
  }

  @Test func theFoldersOwnFilesGoBeforeTheBase() throws {
    try withFolder(["ops/scale.comp": Self.kernel, "lib/step.glsl": "#define STEP 4\n"]) { folder in
      let own = try ShaderSet(folder: folder, base: Self.base)
      #expect(own.includes["step.glsl"]?.text == "#define STEP 4\n")
      #expect(own.formats == ["one", "two"])
      #expect(try ShaderSet(folder: folder.appending(path: "ops"), base: Self.base) == own)
    }
  }

  @Test func faultsNameFileAndLine() throws {
    let broken = Self.kernel.replacing("FACTOR * STEP", with: "nowhere")
    try withFolder(["scale.comp": broken, "empty/readme.md": "", "other/odd.comp": "//! op: a\n//! formats: six\n"]) {
      folder in
      let set = try ShaderSet(folder: folder, base: Self.base)
      #expect { try set.compile() } throws: {
        "\($0)".contains("scale.comp:8: error:") && "\($0)".contains("variant scale.one")
      }
      #expect { try ShaderSet(folder: folder.appending(path: "empty")) } throws: { "\($0)".contains("no .comp file") }
      #expect { try ShaderSet(folder: folder.appending(path: "absent")) } throws: { "\($0)".contains("cannot be read") }
      #expect { try ShaderSet(folder: folder.appending(path: "other"), base: Self.base).compile() } throws: {
        "\($0)".contains("odd.comp:1: error: the format `six` has no file")
      }
    }
  }
}
