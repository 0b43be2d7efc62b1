import ArgumentParser
import Foundation
import GPU
import Ops
import ShaderCompiler
import VulkanBackend
import Workbench

/// `kalsae tune`: finds faster tunings on a device, and shares them.
struct TuneCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tune", abstract: "Find the fastest kernels and tunings for a model on a device.",
    discussion: """
      For each class of a model's work (operation, storage, sizes) every kernel and tuning that gives the default's bits \
      is timed in turns with the default; the slower half goes, round by round. What wins must be faster than the default \
      by more than noise in a last comparison, else nothing changes. Results are kept per device and driver, and every \
      later run uses them. Ctrl-C ends the search and keeps what was found; the next call goes on from there.

      Options of the search are those of `kalsae tune run --help`.
      """,
    subcommands: [
      TuneRunCommand.self, TuneExplainCommand.self, TuneExportCommand.self, TuneImportCommand.self,
      TuneResetCommand.self,
    ],
    defaultSubcommand: TuneRunCommand.self)
}

/// The device whose tunings are meant.
struct TuneDeviceOptions: ParsableArguments {
  @Option(
    name: [.short, .long],
    help: ArgumentHelp(
      "A Vulkan device as `kalsae devices` shows it (default: KALSAE_DEVICE, else the best).", valueName: "device"))
  var device: String?

  /// - Throws: `CommandError` where HOME says nothing.
  func store() throws(CommandError) -> TuningStore {
    guard let store = TuningStore.standard else {
      throw CommandError(.input, "there is no place for tunings: set HOME or XDG_CONFIG_HOME to a folder")
    }
    return store
  }
}

struct TuneRunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Search (the default).",
    discussion: """
      EXAMPLES
        kalsae tune
        kalsae tune --synthetic exaone-3.0-7.8b:q8_0 --budget 300
        kalsae tune --again --op linear
      """)

  @OptionGroup var deviceOptions: TuneDeviceOptions
  @OptionGroup var model: ModelOptions
  @OptionGroup var shaders: ShaderOptions

  @Option(help: ArgumentHelp("Search for about so many seconds in all.", valueName: "seconds"))
  var budget = 120.0

  @Option(help: ArgumentHelp("Only this operation.", valueName: "name"))
  var op: String?

  @Option(help: ArgumentHelp("Positions that attention is tuned for.", valueName: "tokens"))
  var context = 512

  @Flag(help: "Measure anew what was measured before.")
  var again = false

  mutating func validate() throws {
    try NameCheck.operation(op)
    guard budget > 0 else { throw ValidationError("--budget \(budget) leaves no time to search") }
    guard context > 0 else { throw ValidationError("--context \(context) is below 1") }
  }

  mutating func run() async throws {
    let (command, console) = (self, Console())
    try await ShaderWatch(shaders, console).run { round in
      let search = Task { try await command.search(round.pack, round.kernels, console) }
      let result = await Interrupt.during({ search.cancel() }) { await search.result }
      do {
        try result.get()
      } catch is CancellationError {
        console.note("stopped; what was found so far is kept, and the next call goes on from there")
        throw ExitCode(ExitStatus.interrupted.rawValue)
      } catch {
        throw CommandError(error, otherwise: .device)
      }
    }
  }

  /// Whether one of the kernels to look at serves the task.
  private func isServed(_ task: Tuner.Task, by files: Set<String>?) -> Bool {
    KernelCatalogue.all.contains { $0.isAmong(files) && $0.operation == type(of: task.work.operation) }
  }

  private func search(_ pack: KernelPack, _ kernels: Set<String>?, _ console: Console) async throws {
    let standard = try deviceOptions.store()
    let store = kernels == nil ? standard : standard.ofEditedKernels
    let (backend, _) = try await BackendChoice.openKernels(deviceOptions.device, pack: pack)
    let physical = backend.device.physical
    var table = store.stored(for: physical) ?? TuningTable(physical)
    let tuner = Tuner(backend)
    let codes = pack.codes
    let tasks = try tuner.tasks(try ModelCases(try model.open()), context: context).filter { task in
      if let op, task.work.operationName != op { return false }
      if !isServed(task, by: kernels) { return false }
      guard let entry = table.entries[task.workClass], codes[entry.kernel] == entry.code else { return true }
      return again
    }
    console.note("\(backend.selectionReason); \(tasks.count) classes of work to measure, \(Int(budget)) s")
    let start = ContinuousClock.now
    for (index, task) in tasks.enumerated() {
      let left = budget - start.secondsUntilNow
      guard left > 0 else {
        console.note("the time is up with \(tasks.count - index) classes to go; call again to go on")
        break
      }
      let outcome = try await tuner.tune(task, budgetSeconds: left / Double(tasks.count - index))
      if let entry = outcome.entry {
        table.entries[task.workClass] = entry
        table.date = Date.now.formatted(.iso8601.year().month().day())
        try store.save(table, for: physical)
      }
      console.write("\(task.workClass): \(outcome.sentence)\n")
    }
    console.note(
      "kept in \(store.path(for: physical))" + (kernels == nil ? "; kalsae tune explain shows it whole" : ""))
  }
}

extension Tuner.Outcome {
  /// What is kept; nil where nothing was measured.
  var entry: TuningTable.Entry? {
    switch self {
    case .kept(let entry), .improved(let entry): entry
    case .skipped: nil
    }
  }

  var sentence: String {
    switch self {
    case .kept(let entry): "nothing beats \(entry.kernel) \(entry.tuning), \(Figures.seconds(entry.nanoseconds * 1e-9))"
    case .improved(let entry):
      "\(entry.kernel) \(entry.tuning), \(Figures.seconds(entry.nanoseconds * 1e-9)), "
        + "\(Figures.rate(1 / entry.ratio)) times as fast as the default"
    case .skipped(let reason): "skipped: \(reason)"
    }
  }
}

struct TuneExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain", abstract: "Show what was measured, where each tuning comes from, and what it gains.")

  @OptionGroup var deviceOptions: TuneDeviceOptions

  @Flag(help: "Print one JSON object.")
  var json = false

  mutating func run() throws {
    let device = try TuneDevice.physical(deviceOptions.device)
    let store = try deviceOptions.store()
    guard let table = store.table(for: device, pack: try KernelPack.embedded()) else {
      throw CommandError(.input, "nothing was tuned on \(device.name) and nothing ships for it: run kalsae tune")
    }
    let isShipped = store.stored(for: device) == nil
    let report = TuneReport(
      table,
      source: isShipped
        ? "came with kalsae, measured \(table.date)"
        : "measured here, \(table.date), kept in \(store.path(for: device))")
    let console = Console()
    if json { try console.writeJSON(table) } else { console.write(report.text) }
  }
}

struct TuneExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Print what was measured on a device, for others with the same one.",
    discussion: "EXAMPLE\n  kalsae tune export > llvmpipe.json")

  @OptionGroup var deviceOptions: TuneDeviceOptions

  mutating func run() throws {
    let device = try TuneDevice.physical(deviceOptions.device)
    guard let table = try deviceOptions.store().stored(for: device) else {
      throw CommandError(.input, "nothing was tuned on \(device.name): run kalsae tune")
    }
    Console().write(Array(try TuningStore.encoded(table)))
  }
}

struct TuneImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Take over what somebody measured on the same device.",
    discussion: "What was measured here goes before it. Tunings that this version does not know are never used.")

  @OptionGroup var deviceOptions: TuneDeviceOptions

  @Argument(help: "A file that `kalsae tune export` printed.")
  var file: String

  @Flag(help: "Also where the file is from another device of the same maker.")
  var anyway = false

  mutating func run() throws {
    let device = try TuneDevice.physical(deviceOptions.device)
    let store = try deviceOptions.store()
    do {
      let imported = try TuningStore.read(file)
      let isSame = imported.vendorID == device.vendorID && imported.deviceID == device.deviceID
      guard isSame || anyway && imported.vendorID == device.vendorID else {
        throw CommandError(
          .input,
          "\(file) was measured on \(imported.device), this is \(device.name)"
            + (imported.vendorID == device.vendorID ? "; --anyway takes it over" : ""))
      }
      var table = store.stored(for: device) ?? TuningTable(device)
      let before = table.entries.count
      table.entries.merge(imported.entries) { measured, _ in measured }
      table.date = table.date.isEmpty ? imported.date : table.date
      try store.save(table, for: device)
      let taken = table.entries.count - before
      let rest = imported.entries.count - taken
      Console().write(
        "\(taken) of \(imported.entries.count) tunings taken over"
          + (rest > 0 ? "; \(rest) were measured here already\n" : "\n"))
    } catch {
      throw CommandError(error, otherwise: .input)
    }
  }
}

struct TuneResetCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reset", abstract: "Forget what was measured on a device.")

  @OptionGroup var deviceOptions: TuneDeviceOptions

  mutating func run() throws {
    let device = try TuneDevice.physical(deviceOptions.device)
    let isDone = try deviceOptions.store().reset(device)
    Console().write(
      isDone ? "forgot what was measured on \(device.name)\n" : "nothing was measured on \(device.name)\n")
  }
}
