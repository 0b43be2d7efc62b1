import CTerminal
import Engine
import Foundation
import Models

/// A conversation with a person at a terminal.
struct ChatTerminal {
  private var session: ChatSession
  private let console: Console
  private var reader: TerminalLineReader

  init(_ session: ChatSession, console: Console) {
    self.session = session
    self.console = console
    reader = TerminalLineReader(console: console)
  }

  /// Talks until the person leaves.
  mutating func run() async throws {
    console.note("\(session.runtime.model.path) on \(session.runtime.deviceName); /help tells more, Ctrl-D leaves")
    var isLeaving = false
    while true {
      switch await reader.read(prompt: console.accent("› "), promptColumns: 2) {
      case .endOfInput: return
      case .interrupted:
        if isLeaving { return }
        isLeaving = true
        console.note("Ctrl-C again or Ctrl-D leaves")
        continue
      case .line(let line):
        if try await act(ChatLine(line)) { return }
      }
      isLeaving = false
    }
  }

  /// True where the person leaves.
  private mutating func act(_ line: ChatLine) async throws -> Bool {
    switch line {
    case .message(let text): try await answer(text)
    case .system(let text):
      await session.setSystem(text)
      console.note(text.isEmpty ? "no system prompt; starting anew" : "system prompt set; starting anew")
    case .reset:
      await session.reset()
      console.note("starting anew")
    case .stats: console.note(session.statistics)
    case .help: console.note(ChatSession.help)
    case .exit: return true
    case .empty: break
    case .unknown(let name): console.note("there is no \(name); /help tells what there is")
    }
    return false
  }

  private mutating func answer(_ text: String) async throws {
    // No echo, so that keys pressed meanwhile do not tear the answer apart; they wait for the next line.
    let isQuiet = kalsae_terminal_enter(STDIN_FILENO, true)
    defer { if isQuiet { kalsae_terminal_leave() } }
    let console = console
    do {
      let answer = try await session.send(text) { console.write($0) }
      console.write(answer.text.hasSuffix("\n") ? "" : "\n")
      if let reason = answer.reason {
        if reason != .stop { console.note("(ended by \(reason.rawValue))") }
      } else {
        console.note("(stopped)")
      }
    } catch let error as GenerationError where error.kind == .request {
      console.note("\(error); /reset starts anew")
    }
  }
}
