import CTerminal
import Dispatch
import Foundation
import Synchronization

/// True for the first who asks.
private final class Once: Sendable {
  private let isTaken = Mutex(false)

  func take() -> Bool {
    isTaken.withLock { isTaken in
      defer { isTaken = true }
      return !isTaken
    }
  }
}

/// Ctrl-C as an event instead of the end of the program.
enum Interrupt {
  /// Runs `body`; the first SIGINT meanwhile calls `handler`, a second ends the program.
  static func during<Result>(
    _ handler: @escaping @Sendable () -> Void, _ body: () async throws -> Result
  ) async rethrows -> Result {
    signal(SIGINT, SIG_IGN)
    let source = DispatchSource.makeSignalSource(signal: SIGINT, queue: DispatchQueue(label: "kalsae.interrupt"))
    let first = Once()
    source.setEventHandler {
      // `exit` would tear the driver down while it works.
      guard first.take() else {
        kalsae_terminal_leave()
        _exit(ExitStatus.interrupted.rawValue)
      }
      handler()
    }
    source.activate()
    defer {
      source.cancel()
      signal(SIGINT, SIG_DFL)
    }
    return try await body()
  }
}
