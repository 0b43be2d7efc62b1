import Synchronization

/// Whether somebody stopped waiting for a request; may be set from any thread, and stays set.
final class Cancellation: Sendable {
  private let flag = Atomic(false)

  var isCancelled: Bool { flag.load(ordering: .acquiring) }
  func cancel() { flag.store(true, ordering: .releasing) }
}
