import ArgumentParser
import Engine
import Models
import Ops
import Tensors

/// `kalsae inspect`: what is in a model, what it computes, and where it fits.
struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect", abstract: "Show a model's tensors, its program, and the memory that it needs.",
    discussion: """
      Nothing is loaded: sizes come from the files' headers. Activations are counted at the largest step.

      EXAMPLES
        kalsae inspect ./EXAONE-3.5-2.4B-Instruct
        kalsae inspect ./EXAONE-3.5-2.4B-Instruct --context 32768 --weights q8_0
        kalsae inspect models/kalsae-demo --program
        kalsae inspect --synthetic exaone-3.0-7.8b:q8_0
      """)

  @Argument(help: "Folder or GGUF file of the model.")
  var folder: String?

  @OptionGroup var options: ModelOptions

  @Option(help: ArgumentHelp("Plan for this many tokens of prompt and answer.", valueName: "tokens"))
  var context: Int?

  @Option(help: ArgumentHelp("Plan keys and values as f32, f16 or q8_0.", valueName: "format"))
  var kv: RuntimeOptions.KeyValueFormat = .f16

  @Flag(help: "Print the program: every step over numbered tensors.")
  var program = false

  @Flag(help: "Print one JSON object.")
  var json = false

  mutating func run() throws {
    options.model = folder ?? options.model
    try options.validate()
    var runtime = RuntimeOptions()
    runtime.context = context
    runtime.kv = kv
    try runtime.validate()
    do {
      let model = try options.open()
      let limits = try Runtime.limits(model, runtime)
      let report = try ModelReport(
        model, limits: limits, contextLength: try Runtime.contextLength(model, runtime), includesProgram: program,
        devices: (try? DeviceReport.current().devices) ?? [])
      let console = Console()
      if json { try console.writeJSON(report) } else { console.write(report.text(console)) }
    } catch {
      throw CommandError(error, otherwise: .input)
    }
  }
}
