import Dispatch
import Synchronization

/// `body(0), …, body(count - 1)`, run on all cores, in order.
package func concurrentMap<Element: Sendable>(_ count: Int, _ body: @Sendable (Int) -> Element) -> [Element] {
  let results = Mutex([Element?](repeating: nil, count: count))
  DispatchQueue.concurrentPerform(iterations: count) { index in
    let element = body(index)
    results.withLock { $0[index] = element }
  }
  return results.withLock { $0.compactMap { $0 } }
}
