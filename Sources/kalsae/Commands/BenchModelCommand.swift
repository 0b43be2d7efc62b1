import ArgumentParser
import Engine
import Foundation
import Models
import Ops
import Tensors
import VulkanBackend
import Workbench

/// `kalsae bench model`: prompts and answers of a whole model, in the columns of llama-bench.
struct BenchModelCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "model", abstract: "Measure prompts and answers of a whole model (the default).",
    discussion: """
      pp512 is a prompt of 512 tokens, tg128 an answer of 128, `--pg 512,128` one after the other; `--depth` puts so many \
      tokens before; `--streams 1,8` runs answers alone and eight at once, with the tokens per second of all. Each test runs once to warm up and then --repetitions times; shown is the mean with its deviation, as \
      llama-bench shows it. Forms other than text have the columns of llama-bench, and json each sample.

      EXAMPLES
        kalsae bench
        kalsae bench --synthetic exaone-3.0-7.8b:q8_0 -p 512 -n 128 --depth 0,2048
        kalsae bench --model ~/models/EXAONE-3.5-2.4B-Instruct -o json > before.json
      """)

  @OptionGroup var model: ModelOptions
  @OptionGroup var runtime: RuntimeOptions
  @OptionGroup var table: TableOptions

  @Option(
    name: [.customShort("p"), .customLong("n-prompt")],
    help: ArgumentHelp("Prompts of so many tokens.", valueName: "n,…"))
  var prompts = CountList([512])

  @Option(
    name: [.customShort("n"), .customLong("n-gen")], help: ArgumentHelp("Answers of so many tokens.", valueName: "n,…"))
  var answers = CountList([128])

  @Option(
    name: [.customLong("pg")],
    help: ArgumentHelp("A prompt and an answer behind it; may be repeated.", valueName: "p,n"))
  var pairs: [CountList] = []

  // Without the short name that llama-bench has: -d is the device here as everywhere.
  @Option(name: .customLong("depth"), help: ArgumentHelp("Tokens before each test.", valueName: "n,…"))
  var depths = CountList([0])

  @Option(help: ArgumentHelp("Answers of so many requests at once.", valueName: "n,…"))
  var streams = CountList([1])

  @Option(name: [.short, .long], help: ArgumentHelp("Repetitions that count.", valueName: "n"))
  var repetitions = 5

  @Flag(inversion: .prefixedNo, help: "Run each test once before, which does not count.")
  var warmup = true

  @Flag(help: "Launch each operation by itself and record each step anew, to see what fusion and recordings save.")
  var stepwise = false

  mutating func validate() throws {
    guard repetitions > 0 else { throw ValidationError("--repetitions \(repetitions) measures nothing") }
    for pair in pairs where pair.counts.count != 2 { throw ValidationError("--pg takes two numbers, such as 512,128") }
    guard streams.counts.allSatisfy({ (1...Self.mostStreams).contains($0) }) else {
      throw ValidationError("--streams \(streams.defaultValueDescription): from 1 to \(Self.mostStreams) run at once")
    }
    guard !tests.isEmpty else { throw ValidationError("there is nothing to measure: -p, -n or --pg must be above 0") }
  }

  private static let mostStreams = 64

  private var tests: [ModelBench.Test] {
    var tests: [ModelBench.Test] = []
    for depth in depths.counts {
      tests += prompts.counts.map { ModelBench.Test(promptCount: $0, answerCount: 0, depth: depth) }
      for pair in answers.counts.map({ [0, $0] }) + pairs.map(\.counts) {
        tests += streams.counts.map {
          ModelBench.Test(promptCount: pair[0], answerCount: pair[1], depth: depth, streamCount: $0)
        }
      }
    }
    return tests.filter { $0.promptCount + $0.answerCount > 0 }
  }

  mutating func run() async throws {
    let console = Console()
    // One token begins an answer that has no prompt, and one is its first.
    let longest = tests.map { $0.promptCount + $0.answerCount + $0.depth + 2 }.max() ?? 2
    runtime.context = runtime.context ?? longest
    let runtime = try await Runtime.start(
      model, runtime, console: console, needsTokenizer: false, stepwise: stepwise,
      sequenceCount: streams.counts.max() ?? 1)
    let bench = ModelBench(runtime.engine)
    var rows: [ModelBenchRow] = []
    for test in tests {
      if console.notesGoToTerminal { Console.standardError("\r\u{1b}[K\(test.name)") }
      do {
        rows.append(
          runtime.row(test, samples: try await bench.samples(test, repetitions: repetitions, warmsUp: warmup)))
      } catch {
        throw CommandError(error, otherwise: .input)
      }
    }
    if console.notesGoToTerminal { Console.standardError("\r\u{1b}[K") }
    if table.output == .text { console.note("\(runtime.choice.reason); \(repetitions) repetitions") }
    console.write(ModelBenchRow.table(rows).rendered(as: table.output))
  }
}

extension Runtime {
  /// One row of the table of llama-bench.
  fileprivate func row(_ test: ModelBench.Test, samples: [Double]) -> ModelBenchRow {
    let used = Set(model.architecture.tensorShapes.map(\.name))
    let tensors = model.weights.stored.filter { used.contains($0.name) }
    let parameters = tensors.reduce(0) { $0 + $1.spec.rowCount * $1.spec.columnCount }
    let format = model.weights.matrixFormat?.name ?? tensors.first { $0.spec.rowCount > 1 }?.spec.format.name ?? "f32"
    let byteCount = prepared.memory.first { $0.purpose == "weights" }?.byteCount ?? 0
    var row = ModelBenchRow(
      modelFilename: model.path,
      modelType:
        "\(model.architecture.modelType) \(Figures.metric(Double(parameters), unit: "")) \(format.uppercased())",
      modelSize: byteCount, modelParameterCount: parameters, promptLength: test.promptCount,
      generatedLength: test.answerCount, depth: test.depth, samplesNanoseconds: samples)
    row.streamCount = test.streamCount
    row.backends = choice.backend is VulkanBackend ? "Vulkan" : "CPU"
    row.batchSize = prepared.limits.tokenCount
    row.microBatchSize = prepared.limits.tokenCount
    row.cacheType = prepared.limits.keyValueFormat.name
    row.gpuInfo = deviceName
    row.device = deviceName
    row.driver = (choice.backend as? VulkanBackend)?.driverName
    row.kalsaeVersion = Kalsae.configuration.version
    row.weightFormat = format
    row.peakHostBytes = Figures.peakMemoryByteCount()
    row.peakDeviceBytes = prepared.memory.reduce(0) { $0 + $1.byteCount }
    return row
  }
}
