import ArgumentParser
import Engine
import Foundation
import GPU
import Models
import Ops
import VulkanBackend
import Workbench

/// `kalsae report`: all that is worth knowing of a device, in one bounded run and one folder.
struct ReportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Probe, validate, measure and profile a device into one folder.",
    discussion: """
      Made to be attached to a bug report, and to be run on a strange GPU machine with nothing but this program: the model \
      is synthetic unless one is named. The folder holds report.md, report.json, roofline.svg, profile.html, trace.json, \
      junit.xml and log.txt. It names device, driver and system, and no path, user, host, serial number or UUID.

      EXAMPLES
        kalsae report --minutes 5
        kalsae report --minutes 10 --synthetic exaone-3.0-7.8b:q8_0 --device 1
      """)

  @Option(help: ArgumentHelp("Take about so long in all.", valueName: "n"))
  var minutes = 5.0

  @Option(help: ArgumentHelp("Write it there.", valueName: "folder"))
  var folder = "kalsae-report"

  @Option(
    name: [.short, .long],
    help: ArgumentHelp(
      "A Vulkan device as `kalsae devices` shows it (default: KALSAE_DEVICE, else the best).", valueName: "device"))
  var device: String?

  @OptionGroup var model: ModelOptions

  mutating func validate() throws {
    guard minutes > 0 else { throw ValidationError("--minutes \(minutes) leaves no time") }
  }

  mutating func run() async throws {
    let console = Console()
    let (backend, _) = try await BackendChoice.openKernels(device)
    if model.model == nil, model.synthetic == nil {
      model.synthetic = backend.profile.isCPU ? "tiny:bf16" : "exaone-3.5-2.4b:bf16"
    }
    do {
      var run = try await ReportRun(
        backend: backend, model: try model.open(), folder: try ReportFolder(path: folder), seconds: minutes * 60,
        note: { console.note($0) })
      try await run.run()
      console.write("\(folder)/report.md\n")
      if run.failedChecks > 0 { throw ExitCode(ExitStatus.failedCheck.rawValue) }
    } catch let error as ExitCode {
      throw error
    } catch {
      throw CommandError(error, otherwise: .device)
    }
  }
}

/// The parts of a report, in the order of their worth: what does not fit the time is left out and named.
private struct ReportRun {
  let backend: VulkanBackend
  let model: Model
  var folder: ReportFolder
  let seconds: Double
  let note: (String) -> Void
  private(set) var failedChecks = 0
  private let start = ContinuousClock.now
  private var limits: ProbedLimits?

  init(
    backend: VulkanBackend, model: Model, folder: ReportFolder, seconds: Double, note: @escaping (String) -> Void
  ) async throws {
    self.backend = backend
    self.model = model
    self.folder = folder
    self.seconds = seconds
    self.note = note
  }

  /// The last part alone: where the model lies is nobody's business.
  private var modelName: String { model.path.split(separator: "/").last.map(String.init) ?? model.path }

  private var left: Double { seconds - start.secondsUntilNow }

  mutating func run() async throws {
    let facts = DeviceFacts(backend.device.physical)
    folder.append("Device", facts.table.rendered(as: .md))
    try folder.append("device", json: facts)
    await part("Probe") { try await $0.probe() }
    await part("Validation") { try await $0.validation() }
    await part("Kernels") { try await $0.kernels() }
    await part("Model") { try await $0.modelBench() }
    await part("Profile") { try await $0.profile() }
    await part("Tuning") { try await $0.tuning() }
    let day = Date.now.formatted(.iso8601.year().month().day())
    try folder.finish(title: "kalsae \(Kalsae.configuration.version) on \(facts.name), \(day)")
  }

  /// One part; what goes wrong in it is told and does not end the others.
  private mutating func part(_ title: String, _ body: (inout ReportRun) async throws -> Void) async {
    guard left > 0 else {
      folder.append(title, "Left out: the time was up.")
      folder.note("\(title): left out, the time was up")
      return
    }
    let begin = ContinuousClock.now
    do {
      try await body(&self)
      folder.note("\(title): \(Figures.seconds(begin.secondsUntilNow))")
    } catch {
      folder.append(title, "Failed: \(error)")
      folder.note("\(title): failed after \(Figures.seconds(begin.secondsUntilNow)): \(error)")
    }
    note("\(title.lowercased()): \(Figures.seconds(begin.secondsUntilNow)), \(Int(max(0, left))) s left")
  }

  private mutating func probe() async throws {
    let probe = try await DeviceProber(backend).probe(date: Date.now.formatted(.iso8601.year().month().day()))
    limits = probe.limits
    var shown = probe
    shown.deviceUUID = ""
    try folder.append("probe", json: shown)
    var lines = [
      "- answers right: \(probe.isRight ? "yes" : "no, " + probe.faults.joined(separator: "; "))",
      "- kernels that `run` leaves out, and what follows does not: "
        + (probe.wrongKernels.isEmpty ? "none" : probe.wrongKernels.values.sorted().joined(separator: "; ")),
      "- reads \(Figures.metric(probe.readBytesPerSecond, unit: "B/s")), copies "
        + "\(Figures.metric(probe.copyBytesPerSecond, unit: "B/s")), gets through weights at "
        + Figures.metric(probe.weightBytesPerSecond, unit: "B/s"),
      "- float32 \(Figures.metric(probe.f32FlopsPerSecond, unit: "FLOP/s"))",
    ]
    if let rate = probe.f16FlopsPerSecond { lines.append("- float16 \(Figures.metric(rate, unit: "FLOP/s"))") }
    if let rate = probe.int8OperationsPerSecond { lines.append("- int8 dot \(Figures.metric(rate, unit: "op/s"))") }
    if let rate = probe.cooperativeMatrixFlopsPerSecond {
      lines.append("- matrix units \(Figures.metric(rate, unit: "FLOP/s"))")
    }
    lines.append(
      "- an empty dispatch takes \(Figures.nanoseconds(probe.emptyDispatchSeconds * 1e9)), a barrier "
        + Figures.nanoseconds(probe.barrierSeconds * 1e9))
    folder.append("Probe", lines.joined(separator: "\n"))
  }

  /// Cases of an operation that run before the time is looked at.
  private static let batchCount = 24

  private mutating func validation() async throws {
    let (crew, _) = try await BackendChoice.openCrew("\(backend.device.physical.index)")
    var validation = Validation(crew, seed: 1)
    validation.isQuick = seconds < Self.thoroughSeconds
    // A part of each operation's cases after the other, so that none is left out altogether.
    var waiting = Dictionary(grouping: try ValidationCase.catalogue(seed: 1), by: \.operationName)
      .mapValues { $0.mixed[...] }
    var results: [ValidationResult] = []
    while left > seconds / 2, waiting.values.contains(where: { !$0.isEmpty }) {
      var batch: [ValidationCase] = []
      for name in waiting.keys.sorted() {
        batch += waiting[name]?.prefix(Self.batchCount) ?? []
        waiting[name] = waiting[name]?.dropFirst(Self.batchCount)
      }
      results += try await validation.run(batch)
    }
    let leftOut = waiting.filter { !$0.value.isEmpty }.map { "\($0.value.count) of \($0.key)" }.sorted()
    let report = ValidationReport(device: backend.deviceName, seed: 1, results: results)
    failedChecks += report.failed
    var text = validation.isQuick ? "Default tunings and values alone, as with `--quick`.\n\n" : ""
    if !leftOut.isEmpty {
      let sentence = "cases left out for want of time: \(leftOut.joined(separator: ", "))"
      text += sentence + "\n\n"
      folder.note("Validation: \(sentence)")
      note("validation: \(sentence)")
    }
    folder.append("Validation", text + (try report.rendered(as: .md)))
    try folder.write(try report.rendered(as: .junit), to: "junit.xml")
    try folder.append("validation", json: report)
  }

  private mutating func kernels() async throws {
    var bench = KernelBench(backend)
    bench.sampleCount = 15
    bench.caches = [.warm]
    let cases = try ModelCases(model)
    let work = try [1, 64].flatMap { try cases.cases(rows: $0, context: 512) }
    let measurements = try await bench.run(work)
    guard let limits else { throw ProgramError("without a probe there is nothing to compare kernels with") }
    let table = KernelMeasurement.table(measurements, device: backend.deviceName, limits: limits)
    folder.append("Kernels of \(modelName)", table.rendered(as: .md))
    try folder.write(table.rendered(as: .json), to: "kernels.json")
  }

  private mutating func modelBench() async throws {
    let prepared = try await prepare()
    let engine = try Engine(prepared, contextLength: Self.contextLength)
    let bench = ModelBench(engine)
    var rows: [[ResultTable.Value]] = []
    for test in [
      ModelBench.Test(promptCount: 128, answerCount: 0), ModelBench.Test(promptCount: 0, answerCount: 32),
      ModelBench.Test(promptCount: 0, answerCount: 32, depth: 512),
    ] where left > 0 {
      let samples = SampleSummary(
        try await bench.samples(test, repetitions: 3).map { Double(test.promptCount + test.answerCount) * 1e9 / $0 })
      rows.append([.text(test.name), .number(samples.median), .number(samples.minimum), .number(samples.maximum)])
    }
    let columns = [
      ResultTable.Column(name: "test"), ResultTable.Column(name: "t/s", format: .rate),
      ResultTable.Column(name: "lowest", format: .rate), ResultTable.Column(name: "highest", format: .rate),
    ]
    let table = ResultTable(name: "model", columns: columns, rows: rows)
    folder.append("Model \(modelName)", table.rendered(as: .md))
    try folder.write(table.rendered(as: .json), to: "model.json")
  }

  private mutating func profile() async throws {
    guard let limits else { throw ProgramError("without a probe there is nothing to compare kernels with") }
    let profiler = try Profiler(try await prepare(), backend: backend, weights: model.weights)
    let prompt = (0..<128).map { Int32($0 * 31 % 1000) }
    let passes = try await profiler.run(prompt: prompt, answerCount: 4)
    let report = profiler.report(
      passes, model: modelName, command: "kalsae report", limits: limits)
    folder.append("Profile of 128 tokens of prompt and 4 of answer", report.table.rendered(as: .md))
    folder.append(
      "Roofline",
      "![roofline](roofline.svg)\n\nThe page profile.html has it with every step; trace.json opens in Perfetto.")
    try folder.write(report.roofline.svg, to: "roofline.svg")
    try folder.write(ProfilePage(report).html, to: "profile.html")
    try folder.write(profiler.trace(passes).json, to: "trace.json")
  }

  /// What is left of the time goes into the search; nothing of it is kept.
  private mutating func tuning() async throws {
    let physical = backend.device.physical
    var table = TuningTable(physical)
    table.date = Date.now.formatted(.iso8601.year().month().day())
    let tuner = Tuner(backend)
    let tasks = try tuner.tasks(try ModelCases(model), rows: [1, 64], context: 512)
    for (index, task) in tasks.enumerated() where left > 5 {
      let outcome = try await tuner.tune(task, budgetSeconds: left / Double(tasks.count - index))
      if let entry = outcome.entry { table.entries[task.workClass] = entry }
    }
    folder.append("Tuning", "```\n\(TuneReport(table, source: "measured for this report; none of it is kept").text)```")
    try folder.append("tuning", json: table)
  }

  private static let contextLength = 768
  /// From here on every tuning is validated: to compile them all takes a CPU driver minutes.
  private static let thoroughSeconds = 900.0

  private func prepare() async throws -> VulkanProgram {
    let pages = Self.contextLength / ExecutionLimits.pageLength
    let limits = ExecutionLimits(tokenCount: 256, pageCount: pages, pagesPerSequence: pages)
    return try await backend.prepare(
      try model.architecture.program(), weights: model.weights, limits: limits, forced: nil)
  }
}

extension [ValidationCase] {
  /// In an order in which any beginning has cases of every format.
  fileprivate var mixed: [ValidationCase] {
    var generator = SeededGenerator(seed: 1)
    return shuffled(using: &generator)
  }
}
