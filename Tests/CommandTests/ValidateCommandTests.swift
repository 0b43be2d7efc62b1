import Foundation
import TestKit
import Testing

/// `kalsae validate` on kernels from a folder, as a person runs it.
@Suite(.serialized) struct ValidateCommandTests {
  private let source = URL(fileURLWithPath: Fixtures.directory + "/../../shaders/ops/add.comp")

  /// A folder with `add.comp`, in which `original` is replaced.
  private func folder(_ original: String = "", _ planted: String = "") throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try folder.write("shaders/add.comp", try text(original, planted))
    return folder
  }

  private func text(_ original: String = "", _ planted: String = "") throws -> String {
    let right = try String(contentsOf: source, encoding: .utf8)
    #expect(original.isEmpty || right.contains(original))
    return original.isEmpty ? right : right.replacing(original, with: planted)
  }

  private func arguments(_ folder: TemporaryFolder) -> [String] {
    [
      "validate", "--shaders", "\(folder.path)/shaders", "--op", "add", "--quick", "--replays",
      "\(folder.path)/replays",
    ]
  }

  @Test func aWrongKernelLeavesAFileThatShowsItAgain() throws {
    let folder = try folder("a[i] + b[i]", "a[i] - b[i]")
    let result = try BuiltProgram.run(arguments(folder))
    #expect(result.status == 1, "\(result.errors)")
    #expect(result.output.contains("FAILED add f32 WORKGROUP=64, case 1×64: element 0 of sum is "))
    #expect(result.errors.contains("1 kernel compiled") && result.errors.contains("other than built in: add"))
    let file = try #require(try FileManager.default.contentsOfDirectory(atPath: "\(folder.path)/replays").first)
    let path = "\(folder.path)/replays/\(file)"
    #expect(result.output.contains("kalsae validate --replay \(path)"))

    let replayed = try BuiltProgram.run(["validate", "--replay", path])
    #expect(replayed.status == 1)
    #expect(replayed.output.contains("FAILED add f32 WORKGROUP=64, case 1×64: element 0 of sum is "))

    // The figures are those of the run, not of none.
    #expect(!replayed.output.contains("0.0e+00"))

    let ignoring = try BuiltProgram.run(["validate", "--replay", path, "--shaders", "\(folder.path)/shaders"])
    #expect(ignoring.status == 2 && ignoring.errors.contains("--replay runs what its file holds"))

    let cut = try folder.write("cut.json", "{")
    let broken = try BuiltProgram.run(["validate", "--replay", cut])
    #expect(broken.status == 2 && broken.output.isEmpty)
    #expect(broken.errors.hasPrefix("kalsae: \(cut) is no replay file") && broken.errors.hasSuffix("a new one\n"))
  }

  @Test func nothingToCheckIsSaid() throws {
    let folder = try folder("a[i] + b[i]", "b[i] + a[i]")
    let builtIn = try BuiltProgram.run(
      ["validate", "--shaders", "\(folder.path)/shaders", "--kernel", "rms_norm", "--quick"])
    #expect(builtIn.status == 2 && builtIn.errors.contains("rms_norm in \(folder.path)/shaders is the built-in one"))
    for (arguments, sentence) in [
      (["--op", "add", "--kernel", "rms_norm"], "there is nothing to check: rms_norm"),
      (["--op", "add", "--format", "q8_0"], "there is nothing to check: add"),
      (["--kernel", "nothing"], "there is no kernel nothing; there are "),
      (["--format", "nothing"], "there is no format nothing; there are f32"),
    ] {
      let result = try BuiltProgram.run(["validate", "--quick"] + arguments)
      #expect(result.status == 2 && result.output.isEmpty && result.errors.contains(sentence), "\(result.errors)")
    }
  }

  /// In a process of its own: where it checks accesses, the layer is a large thing to have beside other tests.
  @Test func anAccessFarOutsideIsNamed() throws {
    let store = "sum[i] = a[i] + b[i];"
    let folder = try folder(store, "\(store) if (i == 9) sum[i + 100000] = vec4(0);")
    let result = try BuiltProgram.run(arguments(folder) + ["--layers", "core,sync,gpu"])
    #expect(result.status == 1, "\(result.errors)")
    #expect(result.output.contains("VUID-vkCmdDispatch-None-02706: Descriptor index 0 access out of bounds"))
    // The invocation at fault is the tenth: a case of one column has none such.
    #expect(result.output.contains("1 passed, 3 failed"))
    #expect(!result.output.contains("The Vulkan spec states"))

    try folder.write("shaders/add.comp", try text())
    let right = try BuiltProgram.run(arguments(folder) + ["--layers", "core,sync,gpu"])
    #expect(right.status == 0 && right.output.contains("4 passed, 0 failed"), "\(right)")
  }

  @Test(.timeLimit(.minutes(2))) func watchingTellsTheVerdictOfEachEdit() throws {
    let folder = try folder()
    let program = try BuiltProgram(arguments(folder) + ["--watch"])
    try program.start()
    defer { program.end() }
    func expect(_ verdict: String) throws {
      // Both kinds of verdict have the word: another one than the expected is seen at once.
      let said = program.output(through: "checks")
      try #require(said.contains(verdict), "\(said)\(program.end())")
    }
    try folder.write("shaders/add.comp", try text("a[i] + b[i]", "a[i] - b[i]"))
    try expect("WRONG  add: 4 of 4 checks failed")
    try folder.write("shaders/add.comp", try text())
    try expect("right  add: 4 checks passed")
    program.process.interrupt()
    #expect(program.finish().errors.contains("watching \(folder.path)/shaders; Ctrl-C ends it"))
    // As a shell sees it: 130.
    #expect(program.process.terminationReason == .uncaughtSignal && program.process.terminationStatus == SIGINT)
  }
}
