import ArgumentParser
import Foundation

/// `kalsae chat`: a conversation in the terminal.
struct ChatCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "chat", abstract: "Talk with a model in the terminal.",
    discussion: """
      Enter sends; Alt-Enter or a paste makes a line break. Up and Down bring back earlier lines, which are kept in \
      $XDG_STATE_HOME/kalsae/history. Ctrl-C stops an answer, clears a line, and, twice on an empty line, leaves; so does \
      Ctrl-D.

        /system TEXT  what the model is told first; starts anew
        /reset        starts anew
        /stats        device, speed and how full the context is
        /help         these commands
        /exit         leaves

      Where standard input is no terminal, each line is a message and only the answers are printed.

      EXAMPLES
        kalsae chat
        kalsae chat --model ./EXAONE-3.5-7.8B-Instruct --system "짧게 대답해 주세요."
        printf '안녕!\\n12 더하기 30은?\\n' | kalsae chat
      """)

  @OptionGroup var model: ModelOptions
  @OptionGroup var device: RuntimeOptions
  @OptionGroup var sampling: SamplingOptions

  @Option(name: [.short, .long], help: ArgumentHelp("What the model is told first.", valueName: "text"))
  var system: String?

  mutating func run() async throws {
    let console = Console()
    do {
      let runtime = try await Runtime.start(model, device, console: console)
      let session = try ChatSession(runtime, sampling: sampling, system: system)
      if isatty(STDIN_FILENO) == 1, isatty(STDOUT_FILENO) == 1 {
        var terminal = ChatTerminal(session, console: console)
        try await terminal.run()
      } else {
        var pipe = ChatPipe(session, console: console)
        try await pipe.run()
      }
    } catch {
      throw CommandError(error, otherwise: .device)
    }
  }
}
