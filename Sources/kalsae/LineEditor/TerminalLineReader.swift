import CTerminal
import Foundation

/// Reads lines from the terminal with an editor and a history.
struct TerminalLineReader {
  enum Input {
    case line(String)
    /// Ctrl-C on an empty line.
    case interrupted
    case endOfInput
  }

  private static let pasteMarksOn = "\u{1b}[?2004h"
  private static let pasteMarksOff = "\u{1b}[?2004l"
  private static let defaultColumns = 80
  private let console: Console
  private var history: LineHistory?
  private var decoder = KeyDecoder()
  /// Keys that came with the end of the line before.
  private var waiting: [Key] = []
  private let reads = DispatchQueue(label: "kalsae.terminal")

  init(console: Console) {
    self.console = console
    history = LineHistory.defaultPath(environment: ProcessInfo.processInfo.environment).map { LineHistory(path: $0) }
  }

  /// The next line; the terminal's mode is as before when this returns.
  mutating func read(prompt: String, promptColumns: Int) async -> Input {
    guard kalsae_terminal_enter(STDIN_FILENO, false) else { return .endOfInput }
    console.write(Self.pasteMarksOn)
    defer {
      console.write(Self.pasteMarksOff)
      kalsae_terminal_leave()
    }
    var editor = LineEditor(history: history?.lines ?? [])
    var painter = LinePainter(prompt: prompt, promptColumns: promptColumns)
    var isStale = true
    while true {
      while !waiting.isEmpty {
        let outcome = editor.handle(waiting.removeFirst())
        isStale = true
        switch outcome {
        case .editing, .cleared: continue
        case .clearScreen: console.write(painter.clearScreen())
        case .submitted(let line):
          console.write(painter.finish(before: editor.before, after: editor.after, columns: columns))
          history?.append(line)
          return .line(line)
        case .interrupted, .endOfInput:
          console.write(painter.finish(before: "", after: "", columns: columns))
          return outcome == .interrupted ? .interrupted : .endOfInput
        }
      }
      if isStale { console.write(painter.paint(before: editor.before, after: editor.after, columns: columns)) }
      isStale = false
      let bytes = await nextBytes()
      guard !bytes.isEmpty else { return .endOfInput }
      waiting = decoder.feed(bytes)
    }
  }

  private var columns: Int {
    let columns = Int(kalsae_terminal_columns(STDOUT_FILENO))
    return columns > 0 ? columns : Self.defaultColumns
  }

  /// Waits on a thread of its own, since a person may take any time.
  private func nextBytes() async -> [UInt8] {
    await withCheckedContinuation { continuation in
      reads.async { continuation.resume(returning: Array(FileHandle.standardInput.availableData)) }
    }
  }
}
