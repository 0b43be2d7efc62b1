import Foundation
import TestKit
import Testing

/// No Vulkan driver is seen: these tests are about the commands.
private let noDriver = ["VK_DRIVER_FILES": "/nonexistent", "VK_ICD_FILENAMES": "/nonexistent"]

private func object(_ text: String) throws -> [String: Any] {
  try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
}

@Suite struct CommandLineTests {
  @Test(arguments: ["run", "chat", "tokenize", "detokenize", "logits", "inspect", "devices", "validate", "pipelines"])
  func everyCommandTeaches(command: String) throws {
    let help = try BuiltProgram.run([command, "--help"])
    #expect(help.status == 0)
    #expect(help.output.contains("EXAMPLES"))
    #expect(help.errors.isEmpty)
  }

  @Test func theExitCodesAreInTheHelp() throws {
    let help = try BuiltProgram.run(["--help"]).output
    for code in ["0", "1", "2", "3", "4", "130"] { #expect(help.contains("\n  \(code) ")) }
  }

  @Test func textGoesToIDsAndBack() throws {
    let text = Array("칼새는  빠르다.\n\t12 👨‍👩‍👧 end\n".utf8)
    let tokenized = try BuiltProgram.run(["tokenize", "--json", "-"], input: text)
    #expect(tokenized.status == 0)
    let ids = try #require(try object(tokenized.output)["ids"] as? [Int])
    #expect(ids.count > 5)
    let back = try BuiltProgram.run(["detokenize", "-"], input: Array(tokenized.output.utf8))
    #expect(Array(back.output.utf8) == text)
    let again = try BuiltProgram.run(["detokenize", "--json"] + ids.map { "\($0)" })
    #expect(try object(again.output)["text"] as? String == String(decoding: text, as: UTF8.self))
  }

  @Test func runPrintsOneObject() throws {
    let result = try BuiltProgram.run(
      ["run", "--device", "cpu", "--raw", "--greedy", "--ignore-eos", "--max-tokens", "2", "--json", "hi"],
      environment: noDriver)
    #expect(result.status == 0, "\(result.errors)")
    let report = try object(result.output)
    #expect((report["ids"] as? [Int])?.count == 2)
    #expect((report["prompt_ids"] as? [Int])?.isEmpty == false)
    #expect(report["finish_reason"] as? String == "length")
    #expect(report["device"] as? String == "reference (CPU)")
    #expect(report["text"] is String)
    #expect((report["peak_memory_bytes"] as? Int ?? 0) > 1 << 20)
    let timings = try #require(report["timings"] as? [String: Any])
    for key in [
      "load_seconds", "prefill_seconds", "decode_seconds", "time_to_first_token_seconds", "tokens_per_second",
    ] {
      #expect(timings[key] is Double, "\(key)")
    }
  }

  @Test func logprobsAreThoseOfTheLogitsBeforeBiases() throws {
    func run(_ arguments: [String]) throws -> [String: Any] {
      let result = try BuiltProgram.run(
        ["run", "--device", "cpu", "--raw", "--greedy", "--ignore-eos", "--max-tokens", "3", "--json", "hi"]
          + arguments,
        environment: noDriver)
      #expect(result.status == 0, "\(result.errors)")
      return try object(result.output)
    }
    let plain = try run([])
    #expect(plain["logprobs"] == nil)
    let likeliest = try #require((plain["ids"] as? [Int])?.first)
    let told = try run(["--logprobs", "2", "--logit-bias", "\(likeliest)=-100", "--frequency-penalty", "-0.5"])
    let ids = try #require(told["ids"] as? [Int])
    let rows = try #require(told["logprobs"] as? [[[String: Any]]])
    #expect(rows.map(\.count) == [3, 3, 3] && rows.map { $0[0]["id"] as? Int } == ids)
    #expect(rows[0][1]["id"] as? Int == likeliest && !ids.contains(likeliest))
    let values = try rows.joined().map { try #require($0["logprob"] as? Double) }
    #expect(values.allSatisfy { $0 < 0 } && values[1] > values[0])
    #expect(try BuiltProgram.run(["run", "--logprobs", "2", "hi"], environment: noDriver).errors.contains("--json"))
    let beyond = ["run", "--device", "cpu", "--logit-bias", "9999999=1", "hi"]
    #expect(try BuiltProgram.run(beyond, environment: noDriver).errors.contains("id 9999999"))
  }

  /// What `tools/bench/peers --start` asks for.
  @Test func aStartIsMeasuredWithoutAWarmUp() throws {
    let result = try BuiltProgram.run(
      ["bench", "model", "--device", "cpu", "-p", "2", "-n", "0", "-r", "1", "-o", "json", "--no-warmup"],
      environment: noDriver)
    #expect(result.status == 0, "\(result.errors)")
    let rows = try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [[String: Any]])
    #expect((rows.first?["samples_ns"] as? [Any])?.count == 1)
  }

  @Test func comparisonsEndWithTheirCodes() throws {
    func table(_ samples: [Int], promptLength: Int = 8) -> String {
      #"[{"model_filename": "m", "n_prompt": \#(promptLength), "n_gen": 0, "samples_ns": \#(samples)}]"#
    }
    let quick = (0..<10).map { 1_000_000 + 1000 * $0 }
    let folder = try TemporaryFolder()
    let before = try folder.write("before.json", table(quick))
    func compare(_ after: String) throws -> BuiltProgram.Result {
      try BuiltProgram.run(["bench", "compare", before, try folder.write("after.json", after)])
    }
    #expect(try compare(table(quick)).status == 0)
    let slower = try compare(table(quick.map { 2 * $0 }))
    #expect(slower.status == 1 && slower.output.contains("1 slower"), "\(slower.errors)")
    #expect(try compare(table(quick.map { $0 / 2 })).status == 0)
    let other = try compare(table(quick, promptLength: 9))
    #expect(other.status == 2 && other.errors.contains("no row with samples in common"), "\(other.errors)")
  }

  @Test func tokensBeyondTheModelAreTold() throws {
    let inspected = try object(try BuiltProgram.run(["inspect", demo, "--json"], environment: noDriver).output)
    let beyond = try #require(inspected["context_length"] as? Int) + 1
    let result = try BuiltProgram.run(
      ["bench", "--device", "cpu", "-p", "\(beyond)", "-n", "0", "-r", "1", "--no-warmup"], environment: noDriver)
    #expect(result.status == 2)
    #expect(result.errors.contains("that the model was made for: ask for fewer tokens"))
  }

  @Test func logitsHaveARowOfTheHeadEach() throws {
    let result = try BuiltProgram.run(
      ["logits", "--device", "cpu", "--ids", "357,361", "--json"], environment: noDriver)
    let report = try object(result.output)
    #expect(report["ids"] as? [Int] == [357, 361])
    let inspected = try object(try BuiltProgram.run(["inspect", demo, "--json"], environment: noDriver).output)
    #expect((report["logits"] as? [Double])?.count == inspected["vocabulary_size"] as? Int)
  }

  @Test func aConversationThroughAPipeAnswersEachLine() throws {
    let result = try BuiltProgram.run(
      ["chat", "--device", "cpu", "--max-tokens", "1", "--greedy"], input: Array("hi\n/reset\n\nhi\n".utf8),
      environment: noDriver)
    #expect(result.status == 0, "\(result.errors)")
    let answers = result.output.split(separator: "\n")
    #expect(answers.count == 2)
    #expect(answers.first == answers.last)
  }

  @Test func controlCEndsWithItsCodeAndKeepsWhatCame() throws {
    let program = try BuiltProgram(
      ["run", "--device", "cpu", "--raw", "--greedy", "--ignore-eos", "The"], environment: noDriver)
    try program.start()
    let first = program.output.fileHandleForReading.availableData
    program.process.interrupt()
    let result = program.finish()
    #expect(!first.isEmpty)
    #expect(result.status == 130)
    #expect(result.errors.contains("interrupted"))
  }

  @Test func aProgramIsPrintedStepByStep() throws {
    let result = try BuiltProgram.run(["inspect", demo, "--program"], environment: noDriver)
    #expect(result.output.contains("= rms_norm"))
    #expect(result.output.contains("= sample"))
  }

  @Test(.enabled(if: PaperGPU.driver != nil))
  func pipelinesAreCompiledForAGPUThatIsNotThere() throws {
    let folder = try TemporaryFolder()
    let result = try BuiltProgram.run(
      ["pipelines", "--model", demo, "--weights", "q8_0", "--json", "--isa", folder.path],
      environment: PaperGPU.environment("navi31"))
    #expect(result.status == 0, "\(result.errors)")
    let report = try object(result.output)
    #expect((report["driver"] as? String)?.contains("Mesa") == true)
    let pipelines = try #require(report["pipelines"] as? [[String: Any]])
    #expect(pipelines.contains { $0["variant"] as? String == "linear_subgroup.q8_0" })
    for pipeline in pipelines {
      let figures = try #require(pipeline["statistics"] as? [String: Any])
      #expect(figures["VGPRs"] as? Int ?? 0 > 0 && figures["Spilled VGPRs"] as? Int == 0)
      let files = try #require(pipeline["files"] as? [String])
      #expect(files.contains { $0.hasSuffix(".assembly.txt") })
      #expect(files.allSatisfy { FileManager.default.fileExists(atPath: "\(folder.path)/\($0)") })
    }
  }

  /// The demo model's folder in this repository.
  private var demo: String {
    URL(fileURLWithPath: Fixtures.directory).appendingPathComponent("../../models/kalsae-demo").standardizedFileURL.path
  }
}

@Suite struct BadInputTests {
  @Test(
    arguments: [
      (["run"], 2), (["fly"], 2), (["run", "--temperature", "warm", "hi"], 2), (["run", "--top-p", "2", "hi"], 2),
      (["run", "--weights", "q9", "hi"], 2), (["run", "--model", "/nonexistent", "hi"], 2),
      (["run", "--raw", "--system", "x", "hi"], 2), (["run", "--context", "1", "hi"], 2),
      (["run", "--device", "cpu", "--context", "1000000", "hi"], 2),
      (["run", "--device", "cpu", "--context", "4", "--raw", "one two three four five"], 2),
      (["run", "--device", "cpu", "--raw", ""], 2), (["run", "hi"], 3), (["run", "--device", "GeForce", "hi"], 3),
      (["logits"], 2), (["logits", "--ids", "1,x"], 2), (["logits", "--device", "cpu", "--ids", "99999999"], 2),
      (["detokenize", "99999999"], 2), (["detokenize", "-1"], 2), (["inspect", "/nonexistent"], 2),
      (["validate", "--op", "fly"], 2), (["validate", "--device", "cpu"], 2), (["validate"], 3), (["devices"], 3),
      (["pipelines"], 3), (["pipelines", "--device", "cpu"], 2), (["pipelines", "--all-tunings"], 2),
      (["pipelines", "--all-kernels", "--weights", "f16"], 2), (["pipelines", "--isa", "/proc/nowhere"], 2),
      (["devices", "--probe"], 3), (["devices", "--device", "0"], 2), (["devices", "--fit", "/nonexistent"], 2),
      (["devices", "--fit", "x", "--synthetic", "tiny"], 2), (["devices", "--synthetic", "huge"], 2),
      (["devices", "--synthetic", "tiny"], 3),
    ] as [([String], Int32)])
  func oneSentenceAndACode(arguments: [String], status: Int32) throws {
    let result = try BuiltProgram.run(arguments, environment: noDriver)
    #expect(result.status == status, "\(result.errors)")
    #expect(result.errors.hasPrefix("kalsae: "), "\(result.errors)")
    #expect(result.errors.split(separator: "\n").count == 1, "\(result.errors)")
    #expect(result.output.isEmpty)
  }

  @Test func withoutADriverTheSentenceSaysHowToGetOne() throws {
    #expect(try BuiltProgram.run(["devices"], environment: noDriver).errors.contains("apt install mesa-vulkan-drivers"))
  }

  @Test(arguments: ["model.safetensors", "config.json", "tokenizer.json"])
  func aFileCutAnywhereIsRefused(name: String) throws {
    let demo = Fixtures.directory + "/../../models/kalsae-demo"
    let folder = try TemporaryFolder()
    for file in try FileManager.default.contentsOfDirectory(atPath: demo) where file != name {
      try FileManager.default.createSymbolicLink(
        atPath: "\(folder.path)/\(file)", withDestinationPath: "\(demo)/\(file)")
    }
    let bytes = [UInt8](try #require(FileManager.default.contents(atPath: "\(demo)/\(name)")))
    for length in [0, 7, bytes.count / 2, bytes.count - 2] {
      try folder.write(name, Array(bytes.prefix(length)))
      let result = try BuiltProgram.run(
        ["run", "--device", "cpu", "--model", folder.path, "hi"], environment: noDriver)
      #expect(result.status == 2, "\(name), \(length) bytes: \(result.errors)")
      #expect(result.errors.hasPrefix("kalsae: "))
      #expect(result.errors.split(separator: "\n").count == 1, "\(result.errors)")
    }
  }
}
