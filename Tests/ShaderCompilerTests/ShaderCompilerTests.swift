import Foundation
import ShaderCompiler
import Testing

@Suite struct ShaderCompilerTests {
  @Test func compilesToSPIRV16() throws {
    let words = try ShaderCompiler.compile(source: TestShaders.scale, fileName: "scale.comp")
    #expect(words.first == 0x0723_0203)
    #expect(words[1] == 0x0001_0600)
  }

  @Test func givesTheSameWordsForTheSameSource() throws {
    let words = try ShaderCompiler.compile(source: TestShaders.scale, fileName: "scale.comp")
    #expect(try ShaderCompiler.compile(source: TestShaders.scale, fileName: "scale.comp") == words)
  }

  @Test func compilesFromManyThreadsAtOnce() async throws {
    let expected = try ShaderCompiler.compile(source: TestShaders.scale, fileName: "scale.comp")
    let compiled = try await withThrowingTaskGroup(of: [UInt32].self) { group in
      for _ in 0..<16 {
        group.addTask { try ShaderCompiler.compile(source: TestShaders.scale, fileName: "scale.comp") }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(compiled == Array(repeating: expected, count: 16))
  }

  @Test func errorNamesFileAndLine() throws {
    let error = try #require(TestShaders.failure(TestShaders.shader("b[0] = nowhere;")))
    let first = try #require(error.diagnostics.first)
    #expect(first.path == "shaders/ops/test.comp")
    #expect(first.line == 6)
    #expect(first.message.contains("nowhere"))
    #expect(error.description.hasPrefix("shaders/ops/test.comp:6: error: 'nowhere'"))
  }

  @Test func lineStaysRightBehindIncludesAndDefinitions() throws {
    let source = TestShaders.shader("b[0] = one() + nowhere;", head: "#include \"one.glsl\"")
    let error = try #require(
      TestShaders.failure(
        source, definitions: ["FIRST": "1", "SECOND": "2"],
        resolver: TestShaders.resolver(["one.glsl": "\n\n\nfloat one() { return 1.0; }\n"])))
    #expect(error.diagnostics.first?.path == "shaders/ops/test.comp")
    #expect(error.diagnostics.first?.line == 6)
  }

  @Test func errorInAnIncludeNamesThatFile() throws {
    let error = try #require(
      TestShaders.failure(
        TestShaders.shader("b[0] = one();", head: "#include \"one.glsl\""),
        resolver: TestShaders.resolver([
          "one.glsl": "\n#include \"two.glsl\"\nfloat one() { return two(); }\n",
          "two.glsl": "// two\nfloat two() {\n  return missing;\n}\n",
        ])))
    #expect(error.diagnostics.first?.path == "shaders/lib/two.glsl")
    #expect(error.diagnostics.first?.line == 3)
  }

  @Test func errorBehindANestedIncludeNamesTheOuterFile() throws {
    let error = try #require(
      TestShaders.failure(
        TestShaders.shader("b[0] = one();", head: "#include \"one.glsl\""),
        resolver: TestShaders.resolver([
          "one.glsl": "\n#include \"two.glsl\"\nfloat one() { return missing; }\n",
          "two.glsl": "float two() { return 2.0; }",
        ])))
    #expect(error.diagnostics.first?.path == "shaders/lib/one.glsl")
    #expect(error.diagnostics.first?.line == 3)
  }

  @Test func missingIncludeNamesTheLineThatAsksForIt() throws {
    let error = try #require(TestShaders.failure(TestShaders.shader("b[0] = 1;", head: "#include \"absent.glsl\"")))
    #expect(error.diagnostics.first?.line == 2)
    #expect(error.description.contains("absent.glsl"))
  }

  @Test func missingIncludeInAnInactiveBranchIsNoError() {
    let head = "#ifdef NEVER\n#include \"absent.glsl\"\n#endif"
    #expect(TestShaders.failure(TestShaders.shader("b[0] = 1;", head: head)) == nil)
  }

  @Test func fileThatIncludesItselfIsAnErrorNotACrash() {
    let files = ["loop.glsl": "#include \"loop.glsl\"\n"]
    let error = TestShaders.failure(
      TestShaders.shader("b[0] = 1;", head: "#include \"loop.glsl\""), resolver: TestShaders.resolver(files))
    #expect(error?.diagnostics.first?.path == "shaders/lib/loop.glsl")
  }

  @Test func definitionsReachTheShader() {
    let source = TestShaders.shader("b[0] = VALUE;")
    #expect(TestShaders.failure(source) != nil)
    #expect(TestShaders.failure(source, definitions: ["VALUE": "2.5"]) == nil)
  }

  @Test func missingVersionIsSaidPlainly() throws {
    let error = try #require(TestShaders.failure("void main() {}\n"))
    #expect(error.description.contains("#version 460"))
  }

  @Test func nulByteIsRefused() throws {
    let error = try #require(TestShaders.failure(TestShaders.shader("b[0] = 1;") + "\0 nonsense"))
    #expect(error.description.contains("NUL"))
  }

  @Test func missingMainIsAnErrorOfTheFile() throws {
    let error = try #require(TestShaders.failure("#version 460\nvoid other() {}\n"))
    #expect(error.diagnostics.first?.path == "shaders/ops/test.comp")
  }

  @Test func unknownExtensionIsNamed() throws {
    let head = "#extension GL_EXT_of_another_day : require"
    let error = try #require(TestShaders.failure(TestShaders.shader("b[0] = 1;", head: head)))
    #expect(error.unsupportedExtension == "GL_EXT_of_another_day")
    #expect(TestShaders.failure(TestShaders.shader("b[0] = nowhere;"))?.unsupportedExtension == nil)
  }

  @Test func versionsCompareByBothNumbers() {
    #expect(GlslangVersion(15, 3) > GlslangVersion(15, 1))
    #expect(GlslangVersion(16, 0) > GlslangVersion(15, 9))
    #expect(GlslangVersion.current >= GlslangVersion(15, 0))
    #expect(GlslangVersion.first(knowing: "GL_EXT_bfloat16") == GlslangVersion(15, 3))
  }
}
