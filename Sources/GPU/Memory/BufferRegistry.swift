import Synchronization

/// The buffers that are alive, for checks over all of them.
final class BufferRegistry: Sendable {
  private struct Entry: Sendable {
    weak var buffer: Buffer?
  }

  private let entries = Mutex<[ObjectIdentifier: Entry]>([:])
  private let lastNumber = Mutex(0)

  func add(_ buffer: Buffer) { entries.withLock { $0[ObjectIdentifier(buffer)] = Entry(buffer: buffer) } }

  /// A number that no buffer had before.
  func makeNumber() -> Int {
    lastNumber.withLock { number in
      number += 1
      return number
    }
  }

  func remove(_ identity: ObjectIdentifier) { entries.withLock { $0[identity] = nil } }

  var buffers: [Buffer] { entries.withLock { $0.values.compactMap(\.buffer) } }
}
