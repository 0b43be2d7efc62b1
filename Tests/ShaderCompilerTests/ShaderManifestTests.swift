import ShaderCompiler
import Testing

@Suite struct ShaderManifestTests {
  private func failure(_ source: String) -> ShaderManifestError? {
    do throws(ShaderManifestError) {
      _ = try ShaderManifest(source: source, path: "ops/k.comp")
      return nil
    } catch {
      return error
    }
  }

  @Test func readsAllKeys() throws {
    let source = """
      //! op: linear
      // Any words.
      //! elements: f16 f32
      //!   formats:  f32 q8_0

      //! requires: cooperative-matrix subgroup-size-control
      #version 460
      // a comment
      """
    let manifest = try ShaderManifest(source: source, path: "ops/k.comp")
    #expect(
      manifest
        == ShaderManifest(
          op: "linear", elements: ["f16", "f32"], formats: .named(["f32", "q8_0"]),
          requirements: ["cooperative-matrix", "subgroup-size-control"]))
  }

  @Test func allStandsForEveryFormat() throws {
    #expect(try ShaderManifest(source: "//! op: a\n//! formats: all\n", path: "k").formats == .all)
    #expect(try ShaderManifest(source: "//! op: a\n", path: "k").formats == .named([]))
  }

  @Test(arguments: [
    ("//! op: add\n//! opp: add\n", 2, "unknown manifest key `opp`"),
    ("// no manifest\n#version 460\n", 1, "names no operation"),
    ("//! op: add\n//! op: add\n", 2, "appears twice"),
    ("//! op: add sub\n", 1, "takes one word"),
    ("//! op:\n", 1, "has no value"),
    ("//! op\n", 1, "reads `//! key: words`"),
    ("//! op: add\n#version 460\n//! formats: all\n", 3, "before the code"),
    ("//! op: add\n//! formats: all f32\n", 2, "stands alone"),
    ("//! op: add\n//! elements: f16 f16\n", 2, "appears twice in"),
    ("//! op: add\n//! formats: q8.0\n", 2, "is not a name"),
    ("//! op: Add\n", 1, "is not a name"),
  ])
  func refusesWithFileAndLine(source: String, line: Int, message: String) throws {
    let error = try #require(failure(source))
    #expect(error.line == line)
    #expect(error.description.hasPrefix("ops/k.comp:\(line): error: "))
    #expect(error.message.contains(message))
  }
}
