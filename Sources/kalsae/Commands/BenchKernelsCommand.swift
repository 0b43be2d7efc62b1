import ArgumentParser
import GPU
import Ops
import ShaderCompiler
import VulkanBackend
import Workbench

/// `kalsae bench kernels`: every kernel that a model's step runs, by the device's own clock.
struct BenchKernelsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kernels", abstract: "Measure the kernels that a model's step runs.",
    discussion: """
      Each kind of step is measured alone, on the model's own shapes, with the caches as the run before left them (warm) \
      and emptied (cold). Shown are the median, its 95 % confidence interval, bandwidth and arithmetic of the least work \
      that no kernel could avoid, and its share of what the probe of the device reached.

      With --shaders the edited kernels are validated and then timed in turns with the built-in ones.

      EXAMPLES
        kalsae bench kernels
        kalsae bench kernels --synthetic exaone-3.0-7.8b:q8_0 --rows 1,512 --op linear
        kalsae bench kernels --shaders shaders --watch
      """)

  @Option(
    name: [.customShort("d"), .long],
    help: ArgumentHelp(
      "A Vulkan device as `kalsae devices` shows it (default: KALSAE_DEVICE, else the best).", valueName: "device"))
  var device: String?

  @OptionGroup var model: ModelOptions
  @OptionGroup var shaders: ShaderOptions
  @OptionGroup var table: TableOptions

  @Option(help: ArgumentHelp("Only this operation.", valueName: "name"))
  var op: String?

  @Option(help: ArgumentHelp("Rows per step.", valueName: "n,…"))
  var rows = CountList([1, 64])

  @Option(help: ArgumentHelp("Positions that attention looks back on.", valueName: "tokens"))
  var context = 512

  @Option(help: ArgumentHelp("Store keys and values as f32, f16 or q8_0.", valueName: "format"))
  var kv: RuntimeOptions.KeyValueFormat = .f16

  @Flag(help: "Every kernel that can, not only the one that would be used.")
  var allKernels = false

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Caches as the run before left them (warm), emptied (cold), or one after the other.", valueName: "state"))
  var caches = KernelTimer.Caches.allCases

  @Option(name: [.short, .long], help: ArgumentHelp("Runs that count.", valueName: "n"))
  var repetitions = 30

  mutating func validate() throws {
    try NameCheck.operation(op)
    guard repetitions > 0, context > 0, rows.counts.allSatisfy({ $0 > 0 }) else {
      throw ValidationError("--repetitions, --context and --rows must be above 0")
    }
  }

  mutating func run() async throws {
    let (command, console) = (self, Console())
    try await ShaderWatch(shaders, console).run { round in
      do {
        if let edited = round.kernels {
          try await command.duel(round.pack, edited, console)
        } else {
          try await command.measure(round.pack, console)
        }
      } catch let error as ExitCode {
        throw error
      } catch {
        throw CommandError(error, otherwise: .device)
      }
    }
  }

  private func cases() throws -> [(work: ValidationCase, stepCount: Int)] {
    let cases = try ModelCases(try model.open(), keyValueFormat: kv.format)
    return try rows.counts.flatMap { try cases.cases(rows: $0, context: max(context, $0)) }
      .filter { op == nil || $0.work.operationName == op }
  }

  private func measure(_ pack: KernelPack, _ console: Console) async throws {
    let (backend, _) = try await BackendChoice.openKernels(device, pack: pack)
    if table.output == .text { console.note(backend.selectionReason) }
    var bench = KernelBench(backend)
    bench.sampleCount = repetitions
    bench.caches = caches
    let limits = try await BackendChoice.limits(of: backend, console)
    var count = 0
    let measurements = try await bench.run(try cases(), everyKernel: allKernels) { _ in
      count += 1
      if console.notesGoToTerminal { Console.standardError("\r\(count) measurements") }
    }
    if console.notesGoToTerminal { Console.standardError("\r\u{1b}[K") }
    console.write(
      KernelMeasurement.table(measurements, device: backend.deviceName, limits: limits).rendered(as: table.output))
  }

  /// Right or wrong, then faster or slower; what is wrong is not timed.
  private func duel(_ pack: KernelPack, _ edited: Set<String>, _ console: Console) async throws {
    let kernels = KernelCatalogue.all.filter { $0.isAmong(edited) }
    let (checked, _) = try await BackendChoice.openForValidation(device, pack: pack)
    var validation = Validation(checked, seed: 1)
    validation.isQuick = true
    let checks = try ValidationCase.catalogue(operations: Set(kernels.map { $0.operation.name }), seed: 1)
    let results = try await validation.run(checks, kernels: edited)
    console.write(ValidationReport(device: checked.deviceName, seed: 1, results: results).digest)
    let wrong = Set(results.filter { $0.verdict == .failed }.map(\.kernel))
    let (before, _) = try await BackendChoice.openKernels(device)
    let (after, _) = try await BackendChoice.openKernels(device, pack: pack)
    let work = try cases().map(\.work)
    for kernel in kernels where !wrong.contains(kernel.file) {
      for verdict in try await KernelDuel(builtIn: before, edited: after).run(kernel, on: work) {
        console.write(verdict.sentence + "\n")
      }
    }
    if !wrong.isEmpty { throw ExitCode(ExitStatus.failedCheck.rawValue) }
  }
}

extension KernelDuel.Verdict {
  fileprivate var sentence: String {
    let ratio = Figures.rate(comparison.ratio)
    let range = "\(Figures.rate(comparison.interval.lower))…\(Figures.rate(comparison.interval.upper))"
    return "  \(format) \(caseName): \(Figures.nanoseconds(builtIn)) → \(Figures.nanoseconds(edited)), "
      + "\(ratio) (\(range)), \(comparison.verdict.rawValue)"
  }
}

extension KernelTimer.Caches: ExpressibleByArgument {}
