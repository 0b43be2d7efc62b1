import ArgumentParser
import GPU
import Models
import Ops
import ShaderCompiler
import Synchronization
import Tensors
import VulkanBackend
import Workbench

/// `kalsae validate`: every kernel against the definition of its operation, and against itself.
struct ValidateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "validate", abstract: "Compare every kernel on a device with the reference.",
    discussion: """
      Each operation carries its cases: whole tiles, ragged ends, a single row, extremes. Each kernel variant that serves \
      a case runs it, and every element must lie within what rounding allows, a bound that follows from the number of \
      terms and the number types. Then bits are compared: a second run, a row alone and in company, pages of the cache at \
      other places, every legal tuning. Shown are the worst of all cases: the normalised mean squared error, the largest \
      difference, and that difference as a share of what is allowed.

      Exit code 1 where a variant fails; each failure is named with its first bad element and leaves a file that \
      `--replay` runs on any machine.

      EXAMPLES
        kalsae validate
        kalsae validate --op linear --quick
        kalsae validate --shaders shaders --watch
        kalsae validate --synthetic exaone-3.0-7.8b:q8_0
        kalsae validate --replay kalsae-replays/add-f32--5-37.replay.json --device 1
      """)

  @Option(
    name: [.short, .long],
    help: ArgumentHelp(
      "A Vulkan device as `kalsae devices` shows it (default: KALSAE_DEVICE, else the best).", valueName: "device"))
  var device: String?

  @Option(help: ArgumentHelp("Only this operation.", valueName: "name"))
  var op: String?

  @Option(help: ArgumentHelp("Only this kernel, named as its file in shaders/ops.", valueName: "name"))
  var kernel: String?

  @Option(help: ArgumentHelp("Only weights and caches stored in this format.", valueName: "name"))
  var format: String?

  @Option(
    help: ArgumentHelp(
      "Check the kernels for `gpu` or for `cpu` drivers, also in models, whatever the device is.", valueName: "target"))
  var target: KernelTarget?

  @Flag(help: "Only default tunings, only the comparison with the reference: a tenth of the time.")
  var quick = false

  @OptionGroup var model: ModelOptions
  @OptionGroup var shaders: ShaderOptions

  @Option(help: ArgumentHelp("With a model: store keys and values as f32, f16 or q8_0.", valueName: "format"))
  var kv: RuntimeOptions.KeyValueFormat = .f16

  @Option(
    help: ArgumentHelp(
      "Run under the Vulkan validation layer: `core`, `sync` (missing barriers), `gpu` (every access of a shader), joined by "
        + "commas.", valueName: "names"))
  var layers: LayerList?

  @Option(help: ArgumentHelp("Run the case that a failure left, instead of all others.", valueName: "file"))
  var replay: String?

  @Option(help: ArgumentHelp("Leave replay files of failures there.", valueName: "folder"))
  var replays = "kalsae-replays"

  @Option(help: ArgumentHelp("Draw inputs and weights from this number.", valueName: "n"))
  var seed: UInt64 = 1

  @Option(name: [.short, .long], help: ArgumentHelp("Print text, json, junit or md.", valueName: "form"))
  var output: ValidationForm = .text

  @Flag(help: "The same as --output json.")
  var json = false

  mutating func validate() throws {
    if replay != nil, shaders.shaders != nil || op != nil || kernel != nil || format != nil || model.isGiven {
      throw ValidationError("--replay runs what its file holds, code and case: drop the other choices, or --replay")
    }
    try NameCheck.operation(op)
    try NameCheck.check(kernel, of: "kernel", among: KernelCatalogue.all.flatMap(\.files))
    try NameCheck.check(format, of: "format", among: BlockFormat.all.map(\.name))
  }

  mutating func run() async throws {
    let console = Console()
    if let replay { return try await run(replay, console) }
    let command = self
    try await ShaderWatch(shaders, console).run { round in
      let start = ContinuousClock.now
      let report = try await command.report(round, console)
      if command.json || command.output == .json {
        try console.writeJSON(report)
      } else if round.isWatching, command.output == .text {
        console.write(report.digest)
        console.note("checked in \(Figures.seconds(start.secondsUntilNow))")
      } else {
        console.write(try report.rendered(as: command.output))
      }
      if report.failed > 0 || report.passed == 0 { throw ExitCode(ExitStatus.failedCheck.rawValue) }
    }
  }

  private func report(_ round: ShaderWatch.Round, _ console: Console) async throws -> ValidationReport {
    do {
      if let kernel, selected(round.kernels)?.isEmpty == true {
        throw CommandError(
          .input, "\(kernel) in \(shaders.shaders ?? "the folder") is the built-in one: there is nothing to check")
      }
      let model = try openedModel()
      let (crew, instance) = try await BackendChoice.openCrew(device, pack: round.pack, layers: layers, kernels: target)
      let backend = crew.backends[0]
      let isForPeople = !json && output == .text && !round.isWatching
      if isForPeople { console.note("\(backend.selectionReason); seed \(seed)") }
      var validation = Validation(crew, seed: seed)
      validation.isQuick = quick
      validation.layerMessages = { instance.validationMessages }
      validation.replayFolder = replays
      let count = Atomic(0)
      let showsProgress = console.notesGoToTerminal
      let kernels = selected(round.kernels)
      var results = try await validation.run(try cases(model, kernels), kernels: kernels) { _ in
        let checks = count.add(1, ordering: .relaxed).newValue
        if showsProgress { Console.standardError("\r\(checks) checks") }
      }
      if model == nil, fuses(kernels) {
        let formats = (quick ? [BlockFormat.bf16] : BlockFormat.all).filter { format == nil || format == $0.name }
        results += try await FusionValidation(crew, seed: seed).run(formats: formats)
      }
      if results.isEmpty, let choice = [kernel, op].compactMap(\.self).first {
        throw CommandError(.input, "there is nothing to check: \(choice) has no case with the other choices")
      }
      if let model, op == nil, kernel == nil, format == nil { results += try await modelResults(model, round, backend) }
      if showsProgress { Console.standardError("\r\u{1b}[K") }
      return ValidationReport(device: backend.deviceName, seed: seed, results: results)
    } catch {
      throw CommandError(error, otherwise: .device)
    }
  }

  /// The files of the kernels to look at, a name for each; nil for all.
  private func selected(_ edited: Set<String>?) -> Set<String>? {
    guard edited != nil || kernel != nil else { return nil }
    return Set(KernelCatalogue.all.filter { $0.isAmong(edited) && $0.isAmong(kernel.map { [$0] }) }.map(\.file))
  }

  /// Whether fused dispatches are to be looked at.
  private func fuses(_ kernels: Set<String>?) -> Bool {
    (op == nil || op == Linear.name)
      && KernelCatalogue.all.contains { $0.canFuse && $0.isAmong(kernels) }
  }

  private func openedModel() throws -> Model? {
    model.isGiven ? try model.open() : nil
  }

  /// Those of the operations, or with a model those of its steps.
  private func cases(_ model: Model?, _ kernels: Set<String>?) throws -> [ValidationCase] {
    var operations: Set<String>? = op.map { [$0] }
    if operations == nil, let kernels {
      operations = Set(KernelCatalogue.all.filter { $0.isAmong(kernels) }.map { $0.operation.name })
    }
    let cases =
      try model.map { try ModelCases($0, keyValueFormat: kv.format).validation }
      ?? ValidationCase.catalogue(operations: operations, seed: seed)
    return cases.filter {
      operations?.contains($0.operationName) != false && (format == nil || format == $0.format.name)
    }
  }

  /// The whole model: bits on a device as `run` opens it, values on `guarded`, which keeps every activation apart.
  private func modelResults(
    _ model: Model, _ round: ShaderWatch.Round, _ guarded: VulkanBackend
  ) async throws -> [ValidationResult] {
    let validation = try ModelValidation(model, seed: seed, keyValueFormat: kv.format)
    let (plain, _) = try await BackendChoice.openKernels(device, pack: round.pack, layers: layers, kernels: target)
    let (gates, logits) = await validation.gates(on: plain)
    return quick ? gates : gates + (await validation.walk(on: guarded, logits: logits))
  }

  private func run(_ path: String, _ console: Console) async throws {
    do {
      let bundle = try ReplayBundle(path: path)
      let (backend, _) = try await BackendChoice.openForValidation(device, layers: layers)
      console.note("\(backend.selectionReason); recorded on \(bundle.device) with \(bundle.driver)")
      let result = try await bundle.replay(on: backend)
      console.write(
        try ValidationReport(device: backend.deviceName, seed: bundle.seed, results: [result]).rendered(as: output))
      if result.verdict == .failed { throw ExitCode(ExitStatus.failedCheck.rawValue) }
    } catch let error as ExitCode {
      throw error
    } catch {
      throw CommandError(error, otherwise: .input)
    }
  }
}

/// Parts of the Vulkan validation layer, as `--layers` names them.
struct LayerList: ExpressibleByArgument {
  static let allValueStrings = ["core", "sync", "gpu"]
  let options: InstanceOptions

  init?(argument: String) {
    var options = InstanceOptions(validation: true)
    for name in argument.split(separator: ",") {
      switch name {
      case "core": break
      case "sync": options.synchronizationValidation = true
      case "gpu": options.gpuAssistedValidation = true
      default: return nil
      }
    }
    self.options = options
  }
}

extension ValidationForm: ExpressibleByArgument {}
