/// Lets one task in at a time, in the order of arrival; the tasks of an actor share it.
struct Turnstile {
  private var isTaken = false
  private var waiting: [CheckedContinuation<Void, Never>] = []

  /// True where the caller is in; otherwise it waits until `enqueue`'s continuation resumes.
  mutating func enter() -> Bool {
    guard !isTaken else { return false }
    isTaken = true
    return true
  }

  mutating func enqueue(_ continuation: CheckedContinuation<Void, Never>) { waiting.append(continuation) }

  mutating func leave() {
    if waiting.isEmpty { isTaken = false } else { waiting.removeFirst().resume() }
  }
}
