internal import CVulkan
import Dispatch
import Foundation
import Synchronization

/// A thread of its own as an actor's executor, so that waiting for the device never blocks Swift's cooperative pool.
///
/// An actor keeps it in a constant and returns it from `unownedExecutor`. The thread ends when the executor goes.
package final class QueueThread: SerialExecutor {
  /// A waiting job holds its executor, so that it runs even where the actor's last reference goes meanwhile.
  private struct Job: Sendable {
    let job: UnownedJob
    let executor: QueueThread
  }

  private final class Line: Sendable {
    private struct State: Sendable {
      var jobs: [Job] = []
      var isClosed = false
    }

    private let state = Mutex(State())
    private let signal = DispatchSemaphore(value: 0)

    func append(_ job: Job) {
      state.withLock { $0.jobs.append(job) }
      signal.signal()
    }

    func close() {
      state.withLock { $0.isClosed = true }
      signal.signal()
    }

    /// Blocks until there are jobs; nil when there will be no more.
    func next() -> [Job]? {
      while true {
        let (jobs, isClosed) = state.withLock { state in
          defer { state.jobs = [] }
          return (state.jobs, state.isClosed)
        }
        if !jobs.isEmpty { return jobs }
        if isClosed { return nil }
        signal.wait()
      }
    }
  }

  private let line = Line()

  /// Starts the thread; debuggers show the first 15 bytes of `name`.
  package init(name: String) {
    let thread = Thread { [line] in
      kalsae_name_thread(name)
      while let jobs = line.next() {
        for next in jobs { next.job.runSynchronously(on: next.executor.asUnownedSerialExecutor()) }
      }
    }
    // CPU drivers compile shaders with LLVM on the calling thread.
    thread.stackSize = 16 << 20
    thread.start()
  }

  deinit { line.close() }

  package func enqueue(_ job: consuming ExecutorJob) { line.append(Job(job: UnownedJob(job), executor: self)) }

  package func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }
}
