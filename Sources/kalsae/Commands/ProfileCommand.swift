import ArgumentParser
import Engine
import Foundation
import Models
import Ops
import VulkanBackend
import Workbench

/// `kalsae profile`: where the time of a prompt and an answer goes, dispatch by dispatch.
struct ProfileCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "profile", abstract: "Show where the time of a prompt goes, kernel by kernel.",
    discussion: """
      Runs a prompt and some tokens of an answer with a time stamp around every dispatch. Shown per kernel: calls, time, \
      share, bandwidth, arithmetic, and its share of what the probe of the device reached.

      EXAMPLES
        kalsae profile
        kalsae profile --synthetic exaone-3.0-7.8b:q8_0 -p 512 -n 4 --html profile.html
        kalsae profile --trace trace.json        # open in ui.perfetto.dev or chrome://tracing
      """)

  @OptionGroup var model: ModelOptions
  @OptionGroup var runtime: RuntimeOptions
  @OptionGroup var table: TableOptions

  @Option(
    name: [.customShort("p"), .customLong("n-prompt")], help: ArgumentHelp("Tokens of the prompt.", valueName: "n"))
  var promptCount = 128

  @Option(name: [.customShort("n"), .customLong("n-gen")], help: ArgumentHelp("Tokens of the answer.", valueName: "n"))
  var answerCount = 4

  @Option(help: ArgumentHelp("Write a page with tables and a roofline plot that works offline.", valueName: "file"))
  var html: String?

  @Option(help: ArgumentHelp("Write a trace for Perfetto and Chrome.", valueName: "file"))
  var trace: String?

  mutating func validate() throws {
    guard promptCount > 0, answerCount >= 0 else {
      throw ValidationError("--n-prompt must be above 0, --n-gen not below 0")
    }
  }

  mutating func run() async throws {
    let console = Console()
    runtime.context = runtime.context ?? promptCount + answerCount + 1
    let runtime = try await Runtime.start(model, runtime, console: console, needsTokenizer: false)
    guard let backend = runtime.choice.backend as? VulkanBackend, let prepared = runtime.prepared as? VulkanProgram
    else {
      throw CommandError(.input, "the reference has no kernels to profile: name a Vulkan device")
    }
    do {
      let profiler = try Profiler(prepared, backend: backend, weights: runtime.model.weights)
      var generator = SeededGenerator(seed: 1)
      let vocabulary = UInt64(runtime.engine.vocabularySize)
      let prompt = (0..<promptCount).map { _ in Int32(generator.next() % vocabulary) }
      let passes = try await profiler.run(prompt: prompt, answerCount: answerCount)
      let report = profiler.report(
        passes, model: runtime.model.path,
        command: (["kalsae"] + CommandLine.arguments.dropFirst()).joined(separator: " "),
        limits: try await BackendChoice.limits(of: backend, console))
      if let html { try write(ProfilePage(report).html, to: html, console) }
      if let trace { try write(profiler.trace(passes).json, to: trace, console) }
      if table.output == .text { console.note(runtime.choice.reason) }
      console.write(report.table.rendered(as: table.output))
    } catch {
      throw CommandError(error, otherwise: .device)
    }
  }

  private func write(_ text: String, to path: String, _ console: Console) throws(CommandError) {
    do {
      try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw CommandError(.input, "\(path) cannot be written: \(Console.reason(error))")
    }
    console.note("written: \(path)")
  }
}
