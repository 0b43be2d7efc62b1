import Foundation
import ShaderCompiler
import TestKit
import Testing
import VulkanBackend
import Workbench

/// Kernels that are edited: what is compiled again, and what is said.
@Suite struct ShaderFolderTests {
  private let shaders = URL(filePath: #filePath).appending(path: "../../../shaders").standardizedFileURL

  /// A folder with some of the project's shaders, laid out as the project's, and its watcher.
  private func folder(_ files: [String]) throws -> (TemporaryFolder, ShaderFolder) {
    let folder = try TemporaryFolder()
    for file in files { try folder.write(file, try text(file)) }
    return (folder, ShaderFolder(path: folder.path, builtIn: try KernelPack.embedded()))
  }

  private func text(_ file: String) throws -> String {
    try String(contentsOf: shaders.appending(path: file), encoding: .utf8)
  }

  @Test func onlyWhatChangedIsCompiledAgain() throws {
    var (place, folder) = try folder(["ops/add.comp", "ops/rms_norm.comp", "lib/step.glsl", "params/rms_norm.h"])
    let first = try folder.load()
    #expect(first.recompiled == ["add", "rms_norm"] && first.edited.isEmpty)
    #expect(try folder.load().recompiled.isEmpty)

    try place.write("ops/add.comp", try text("ops/add.comp").replacing("a[i] + b[i]", with: "a[i] - b[i]"))
    let edited = try folder.load()
    #expect(edited.recompiled == ["add"] && edited.edited == ["add"])
    #expect(edited.pack[variant: "add"]?.words != (try KernelPack.embedded())[variant: "add"]?.words)

    try place.write("ops/add.comp", try text("ops/add.comp"))
    let restored = try folder.load()
    #expect(restored.recompiled == ["add"] && restored.changed == ["add"] && restored.edited.isEmpty)
  }

  @Test func anIncludeReachesThoseThatTakeIt() throws {
    var (place, folder) = try folder(["ops/add.comp", "ops/rms_norm.comp", "lib/step.glsl", "params/rms_norm.h"])
    _ = try folder.load()
    try place.write("params/rms_norm.h", try text("params/rms_norm.h") + "// more\n")
    let own = try folder.load()
    #expect(own.recompiled == ["rms_norm"] && own.edited.isEmpty && own.changed.isEmpty)
    try place.write("lib/step.glsl", try text("lib/step.glsl").replacing("(columns + 7)", with: "(columns + 15)"))
    let all = try folder.load()
    #expect(all.recompiled == ["add", "rms_norm"] && all.edited == ["add", "rms_norm"] && all.changed == all.edited)
  }

  @Test func aFormatReachesEveryKernelThatDecodes() throws {
    var (place, folder) = try folder(["ops/add.comp", "ops/embedding.comp", "formats/q8_0.glsl"])
    _ = try folder.load()
    try place.write(
      "formats/q8_0.glsl", try text("formats/q8_0.glsl").replacing("scales.x : scales.y", with: "scales.x : scales.x"))
    let contents = try folder.load()
    #expect(contents.recompiled == ["embedding"] && contents.edited == ["embedding"])
  }

  @Test func faultsNameFileAndLine() throws {
    var (place, folder) = try folder(["ops/add.comp"])
    _ = try folder.load()
    try place.write("ops/add.comp", try text("ops/add.comp").replacing("a[i] + b[i]", with: "a[i] + c[i]"))
    #expect { _ = try folder.load() } throws: { "\($0)".contains("ops/add.comp:19: error: 'c'") }
    try place.write("ops/add.comp", try text("ops/add.comp"))
    let restored = try folder.load()
    #expect(restored.recompiled == ["add"] && restored.edited.isEmpty)
  }

  @Test func aFileThatNothingLaunchesGetsASentence() throws {
    var (place, folder) = try folder(["ops/add.comp"])
    try place.write("ops/adds.comp", try text("ops/add.comp"))
    #expect { _ = try folder.load() } throws: {
      "\($0)".contains("adds.comp: error: no kernel of that name is launched") && "\($0)".contains("rms_norm")
    }
  }

  @Test func whatEditorsLeaveIsNotLookedAt() throws {
    var (place, folder) = try folder(["ops/add.comp"])
    try place.write("ops/.#add.comp", "no shader")
    #expect(try folder.load().recompiled == ["add"])
  }

  @Test(.timeLimit(.minutes(1))) func aChangeDuringTheWorkIsSeenAfterIt() async throws {
    var (place, folder) = try folder(["ops/add.comp"])
    _ = try folder.load()
    try place.write("ops/add.comp", try text("ops/add.comp") + "\n")
    try await folder.waitForChange()
    #expect(try folder.load().recompiled == ["add"])
  }
}
