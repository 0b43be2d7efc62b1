import ArgumentParser
import Text
import Workbench

/// `kalsae tokenize`: text to ids.
struct TokenizeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tokenize", abstract: "Print the token ids of a text.",
    discussion: """
      The ids are those of the `tokenizers` package. Without --json each id stands on a line with the text it stands for.

      EXAMPLES
        kalsae tokenize "안녕하세요"
        kalsae tokenize --model ./EXAONE-3.5-2.4B-Instruct --json "칼새는 빠르다."
        cat novel.txt | kalsae tokenize --json --no-special -
      """)

  @Option(
    name: [.short, .long],
    help: ArgumentHelp("Folder with tokenizer.json, or GGUF file; without it the demo model's.", valueName: "path"))
  var model: String?

  @Flag(help: "Leave out the ids that the post-processor adds, such as a begin-of-text token.")
  var noSpecial = false

  @Flag(help: "Print {\"ids\":[…]}.")
  var json = false

  @Argument(help: "The text; `-` reads standard input, every byte allowed.")
  var text: String

  private struct Report: Encodable {
    let ids: [Int32]
  }

  mutating func run() throws {
    let tokenizer = try Self.tokenizer(model)
    let ids = tokenizer.encode(try InputText.bytes(text), addSpecialTokens: !noSpecial)
    let console = Console()
    if json { return try console.writeJSON(Report(ids: ids)) }
    var table = TextTable(["id", "text"], numeric: [0])
    for id in ids {
      table.append(["\(id)", String(decoding: tokenizer.bytes(of: id) ?? [], as: UTF8.self).debugDescription])
    }
    console.write(table.lines.dropFirst().map { $0 + "\n" }.joined())
  }

  /// The tokenizer of a folder or a GGUF file, or of the demo model.
  static func tokenizer(_ path: String?) throws(CommandError) -> Tokenizer {
    let path = try DemoModel.directory(unless: path)
    do { return try Tokenizer(path: path) } catch { throw CommandError(error, otherwise: .input) }
  }
}
