import ArgumentParser
import Text

/// `kalsae detokenize`: ids to text.
struct DetokenizeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "detokenize", abstract: "Print the text of token ids.",
    discussion: """
      The bytes go out as they are; --json shows bytes that are no UTF-8 as U+FFFD.

      EXAMPLES
        kalsae detokenize 7080 444 560
        kalsae detokenize --json 7080,444,560
        kalsae tokenize --json "칼새" | kalsae detokenize -
      """)

  @Option(
    name: [.short, .long],
    help: ArgumentHelp("Folder with tokenizer.json, or GGUF file; without it the demo model's.", valueName: "path"))
  var model: String?

  @Flag(help: "Leave out control tokens.")
  var skipSpecial = false

  @Flag(help: "Print {\"text\":\"…\"}.")
  var json = false

  @Argument(help: "Ids, separated by blanks or commas; `-` reads standard input, also as tokenize --json writes it.")
  var ids: [String]

  private struct Report: Encodable {
    let text: String
  }

  mutating func run() throws {
    let tokenizer = try TokenizeCommand.tokenizer(model)
    var text = String(
      decoding: ids == ["-"] ? try InputText.bytes("-") : Array(ids.joined(separator: " ").utf8), as: UTF8.self)
    if let list = text.firstIndex(of: "["), text.hasPrefix("{") { text = String(text[list...].prefix { $0 != "}" }) }
    let ids = try InputText.ids(text)
    for id in ids where tokenizer.bytes(of: id) == nil {
      throw CommandError(.input, "id \(id) is not in the vocabulary of \(tokenizer.vocabularySize)")
    }
    let bytes = tokenizer.decode(ids, skippingSpecial: skipSpecial)
    let console = Console()
    if json { return try console.writeJSON(Report(text: String(decoding: bytes, as: UTF8.self))) }
    console.write(bytes)
    if console.isTerminal { console.write("\n") }
  }
}
