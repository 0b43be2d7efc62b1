import Synchronization

/// Results of concurrent jobs, in the order of the jobs.
final class OutcomeBox<Outcome: Sendable>: Sendable {
  private let slots: Mutex<[Outcome?]>

  init(count: Int) { slots = Mutex(Array(repeating: nil, count: count)) }

  func set(_ outcome: Outcome, at index: Int) { slots.withLock { $0[index] = outcome } }

  var all: [Outcome] { slots.withLock { $0.compactMap(\.self) } }
}
