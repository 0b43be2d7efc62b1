import ArgumentParser
import Models
import Ops
import Text
import Workbench

/// `kalsae perplexity`: how well a model predicts a text, and what a format or a device costs.
struct PerplexityCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "perplexity", abstract: "Measure how well a model predicts a text, alone or against another format.",
    discussion: """
      The text is cut into windows of --context tokens, 512 unless given, each read from its first token on. As in \
      llama.cpp windows do not \
      overlap, the second half of each counts, and a rest that fills no window is left out; with a --stride below the \
      context windows overlap, and the last so many predictions of each count. The text is not wrapped in the chat format.

      With any of the --against options a second side reads the same windows: shown is how far the first is from it.

      EXAMPLES
        kalsae perplexity README.md
        kalsae perplexity wiki.test.raw --model ./EXAONE-3.5-2.4B-Instruct --weights q4_k --against-weights bf16
        kalsae perplexity README.md --kv q8_0 --against-kv f32
        kalsae perplexity README.md --against-device cpu --json
      """)

  @Argument(help: "The text, UTF-8; `-` reads standard input.")
  var file: String

  @OptionGroup var model: ModelOptions
  @OptionGroup var runtime: RuntimeOptions
  @OptionGroup var against: AgainstOptions

  @Option(
    help: ArgumentHelp("Tokens from one window to the next (default: the context, no overlap).", valueName: "tokens"))
  var stride: Int?

  @Flag(help: "Print one JSON object.")
  var json = false

  private static let usualContext = 512
  private static let leastContext = 4

  mutating func validate() throws {
    let context = runtime.context ?? Self.usualContext
    guard context >= Self.leastContext else {
      throw ValidationError("--context \(context) is too short for a window: take at least \(Self.leastContext)")
    }
    if let stride, !(1...context).contains(stride) {
      throw ValidationError("--stride \(stride) is not between 1 and the \(context) tokens of a window")
    }
    if against.isGiven { _ = try against.model(model) }
  }

  mutating func run() async throws {
    let console = Console()
    do {
      let bytes = try file == "-" ? InputText.bytes(file) : Array(InputText.file(file).utf8)
      let loaded = try LoadedModel(model)
      let ids = try loaded.tokenizer.encode(bytes)
      runtime.context = runtime.context ?? min(Self.usualContext, loaded.model.architecture.contextLength)
      let length = try Runtime.contextLength(loaded.model, runtime)
      let windows = TextWindows(length: length, stride: stride)
      let starts = windows.starts(tokenCount: ids.count)
      guard !starts.isEmpty else {
        throw CommandError(
          .input, "\(file) has \(ids.count) tokens, a window \(length): take a longer text or a shorter --context")
      }
      let own = try await Side(loaded.model, runtime, windows, console: console)
      let other = try await otherSide(own, windows, console)
      var meter = LikelihoodMeter(own.run, against: other?.run)
      for (index, start) in starts.enumerated() {
        try await meter.read(ids[start..<(start + length)])
        guard console.notesGoToTerminal else { continue }
        let perplexity = Figures.rate(meter.likelihood.perplexity)
        Console.standardError("\r\u{1b}[Kwindow \(index + 1) of \(starts.count), perplexity \(perplexity)")
      }
      if console.notesGoToTerminal { Console.standardError("\r\u{1b}[K") }
      let report = PerplexityReport(
        file: file, textTokens: ids.count, windows: starts.count, contextLength: length, stride: windows.stride,
        tokens: meter.tokenCount, measured: own.report(meter.likelihood),
        against: meter.otherLikelihood.flatMap { other?.report($0) }, comparison: meter.comparison)
      if json { try console.writeJSON(report) } else { console.write(report.text) }
    } catch {
      throw CommandError(error, otherwise: .input)
    }
  }

  /// What is compared with, where anything is.
  private func otherSide(_ own: Side, _ windows: TextWindows, _ console: Console) async throws -> Side? {
    guard against.isGiven else { return nil }
    let model = try against.model(model).open()
    let runtime = against.runtime(runtime)
    let side = try await Side(
      model, runtime, windows, console: console, choice: runtime.device == self.runtime.device ? own.choice : nil)
    guard side.run.vocabularySize == own.run.vocabularySize else {
      throw CommandError(
        .input,
        "\(model.path) has a vocabulary of \(side.run.vocabularySize), \(own.model.path) of \(own.run.vocabularySize): "
          + "only models of the same tokenizer can be compared")
    }
    return side
  }
}

extension PerplexityCommand {
  /// A model on a device, ready to read.
  private struct Side {
    let model: Model
    let choice: BackendChoice
    let run: LikelihoodRun

    /// - Parameter choice: of the device, where it is open already.
    init(
      _ model: Model, _ runtime: RuntimeOptions, _ windows: TextWindows, console: Console, choice: BackendChoice? = nil
    ) async throws {
      self.model = model
      if let choice {
        self.choice = choice
      } else {
        self.choice = try await BackendChoice.open(runtime.device, roundsPrompts: !runtime.exact)
        for note in self.choice.notes { console.note(note) }
      }
      _ = try Runtime.contextLength(model, runtime)
      run = try await LikelihoodRun(
        model, on: self.choice.backend, windows: windows, keyValueFormat: runtime.kv.format)
      guard runtime.verbose else { return }
      console.note("\(model.path) on \(self.choice.reason)")
      for use in run.prepared.memory { console.note("memory: \(use.purpose) \(Figures.bytes(use.byteCount))") }
    }

    func report(_ likelihood: Likelihood) -> PerplexityReport.Side {
      PerplexityReport.Side(model, run, device: choice.backend.deviceName, likelihood: likelihood)
    }
  }
}
