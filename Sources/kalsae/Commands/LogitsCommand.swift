import ArgumentParser
import Engine
import Text
import Workbench

/// `kalsae logits`: the model's raw numbers, to compare with other programs.
struct LogitsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "logits", abstract: "Print the logits behind the last token of a text.",
    discussion: """
      float32, one number per row of the head, shortest decimals that read back to the same bits. The text is not wrapped \
      in the chat format. Without --json the ten likeliest tokens are shown.

      EXAMPLES
        kalsae logits --prompt "The capital of Korea is"
        kalsae logits --model ./EXAONE-3.5-2.4B-Instruct --device cpu --kv f32 --json --ids 361,560,7080
      """)

  @OptionGroup var model: ModelOptions
  @OptionGroup var device: RuntimeOptions

  @Option(help: ArgumentHelp("The text; `-` reads standard input.", valueName: "text"))
  var prompt: String?

  @Option(help: ArgumentHelp("Token ids instead of a text: 1,2,3.", valueName: "ids"))
  var ids: String?

  @Flag(help: "Print {\"ids\":[…],\"logits\":[…]}.")
  var json = false

  private struct Report: Encodable {
    let ids: [Int32]
    let logits: [Float]
  }

  private static let shownCount = 10

  mutating func validate() throws {
    guard (prompt == nil) != (ids == nil) else { throw ValidationError("give either --prompt or --ids") }
  }

  mutating func run() async throws {
    let console = Console()
    do {
      let text = try prompt.map { text throws(CommandError) in try InputText.bytes(text) }
      let given = try ids.map { ids throws(CommandError) in try InputText.ids(ids) }
      let runtime = try await Runtime.start(model, device, console: console, needsTokenizer: prompt != nil)
      let ids = try given ?? runtime.tokenizer.encode(text ?? [])
      let logits = try await runtime.engine.logits(after: ids)
      if json { return try console.writeJSON(Report(ids: ids, logits: logits)) }
      var table = TextTable(["id", "logit", "text"], numeric: [0, 1])
      for id in logits.indices.sorted(by: { logits[$0] > logits[$1] }).prefix(Self.shownCount) {
        let text = String(decoding: (try? runtime.tokenizer)?.bytes(of: Int32(id)) ?? [], as: UTF8.self)
        table.append(["\(id)", "\(logits[id])", text.debugDescription])
      }
      console.write(table.lines.map { $0 + "\n" }.joined())
    } catch {
      throw CommandError(error, otherwise: .device)
    }
  }
}
