import CTerminal
import Dispatch
import Foundation
import Synchronization

/// Ctrl-C as an event instead of the end of the program.
enum Interrupt {
  private enum Turn {
    case none
    /// Work is under way that a first SIGINT stops.
    case running(@Sendable () -> Void)
    /// It was told to stop.
    case stopping
  }

  private static let turn = Mutex(Turn.none)

  // Once per process: libdispatch installs its signal handler once, so that the signal's disposition must then stay.
  private static let listener: Void = {
    let source = DispatchSource.makeSignalSource(signal: SIGINT, queue: DispatchQueue(label: "kalsae.interrupt"))
    // The handler holds the source, which therefore lives as long as the process.
    source.setEventHandler { withExtendedLifetime(source) { interrupt() } }
    source.activate()
  }()

  /// Runs `body`; the first SIGINT meanwhile calls `handler`, a second ends the program, as one without a `body` does.
  static func during<Result>(
    _ handler: @escaping @Sendable () -> Void, _ body: () async throws -> Result
  ) async rethrows -> Result {
    listener
    turn.withLock { $0 = .running(handler) }
    defer { turn.withLock { $0 = .none } }
    return try await body()
  }

  private static func interrupt() {
    let handler: (@Sendable () -> Void)? = turn.withLock { turn in
      guard case .running(let handler) = turn else { return nil }
      turn = .stopping
      return handler
    }
    if let handler { return handler() }
    // `exit` would tear the driver down while it works.
    kalsae_terminal_leave()
    _exit(ExitStatus.interrupted.rawValue)
  }
}
