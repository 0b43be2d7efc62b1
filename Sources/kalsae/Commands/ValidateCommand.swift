import ArgumentParser
import Ops
import VulkanBackend
import Workbench

/// `kalsae validate`: every kernel against the definition of its operation.
struct ValidateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "validate", abstract: "Compare every kernel on a device with the reference.",
    discussion: """
      Each operation carries its cases: whole tiles, ragged ends, a single row, extremes. Each kernel variant that serves \
      a case runs it, and every element must lie within what float32 rounding allows. Shown are the worst of all cases: \
      the normalised mean squared error, the largest difference, and that difference as a share of what is allowed.

      Exit code 1 where a variant fails; each failure is named with its first bad element.

      EXAMPLES
        kalsae validate
        kalsae validate --op linear --all-tunings
        kalsae validate --device 1 --json
      """)

  @Option(
    name: [.short, .long],
    help: ArgumentHelp(
      "A Vulkan device as `kalsae devices` shows it (default: KALSAE_DEVICE, else the best).", valueName: "device"))
  var device: String?

  @Option(help: ArgumentHelp("Only this operation.", valueName: "name"))
  var op: String?

  @Flag(help: "Try every tuning of a kernel, not only the one that would be used.")
  var allTunings = false

  @Option(help: ArgumentHelp("Draw inputs and weights from this number.", valueName: "n"))
  var seed: UInt64 = 1

  @Flag(help: "Print one JSON object.")
  var json = false

  mutating func validate() throws {
    let names = OperationCatalogue.all.map { $0.name }
    guard let op, !names.contains(op) else { return }
    throw ValidationError("there is no operation \(op); there are \(names.joined(separator: ", "))")
  }

  mutating func run() async throws {
    let console = Console()
    let report: ValidationReport
    do {
      let backend = try BackendChoice.openForValidation(device)
      if !json { console.note("\(backend.selectionReason); seed \(seed)") }
      var count = 0
      let showsProgress = console.notesGoToTerminal
      let results = try await Validation(backend, seed: seed).run(operation: op, allTunings: allTunings) { _ in
        count += 1
        if showsProgress { Console.standardError("\r\(count) checks") }
      }
      if showsProgress { Console.standardError("\r\u{1b}[K") }
      report = ValidationReport(device: backend.deviceName, seed: seed, results: results)
    } catch {
      throw CommandError(error, otherwise: .device)
    }
    if json { try console.writeJSON(report) } else { console.write(report.text) }
    if report.failed > 0 || report.passed == 0 { throw ExitCode(ExitStatus.failedCheck.rawValue) }
  }
}
