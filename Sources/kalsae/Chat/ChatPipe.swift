import ArgumentParser

/// A conversation without a terminal: a line in, an answer out.
struct ChatPipe {
  private var session: ChatSession
  private let console: Console

  init(_ session: ChatSession, console: Console) {
    self.session = session
    self.console = console
  }

  /// Answers every line of standard input.
  mutating func run() async throws {
    let console = console
    while let line = readLine() {
      switch ChatLine(line) {
      case .message(let text):
        let answer = try await session.send(text) { console.write($0) }
        console.write(answer.text.hasSuffix("\n") ? "" : "\n")
        if answer.reason == nil { throw ExitCode(ExitStatus.interrupted.rawValue) }
      case .system(let text): await session.setSystem(text)
      case .reset: await session.reset()
      case .stats: console.note(session.statistics)
      case .help: console.note(ChatSession.help)
      case .exit: return
      case .empty: break
      case .unknown(let name): throw CommandError(.input, "there is no \(name); /help tells what there is")
      }
    }
  }
}
