import ArgumentParser
import Tensors

/// Where the model runs, and with how much memory for keys and values.
struct RuntimeOptions: ParsableArguments {
  /// How keys and values are stored.
  enum KeyValueFormat: String, ExpressibleByArgument, CaseIterable {
    case f32, f16, q8_0
    var format: BlockFormat { .named(rawValue) ?? .f16 }
  }

  @Option(
    name: [.short, .long],
    help: ArgumentHelp(
      "Index, beginning of a UUID or PCI address, or part of a name as `kalsae devices` shows them; `cpu` is the slow "
        + "reference, `auto` the best (default: KALSAE_DEVICE, else auto).", valueName: "device"))
  var device: String?

  @Option(help: ArgumentHelp("Store keys and values as f32, f16 or q8_0.", valueName: "format"))
  var kv: KeyValueFormat = .f16

  @Option(
    help: ArgumentHelp(
      "Tokens of prompt and answer together at most (default: what the model was made for, at most 4096).",
      valueName: "tokens"))
  var context: Int?

  @Flag(
    help: "Compute prompts with float32 products, as answers are, also where matrix units of float16 are faster.")
  var exact = false

  @Flag(help: "Tell on standard error what is loaded, planned and compiled, and how long it takes.")
  var verbose = false

  mutating func validate() throws {
    if let context, context < 2 { throw ValidationError("--context \(context) leaves no room for prompt and answer") }
  }
}
