/// A finished recording that is not running. Submitting consumes it, so that a second submission of running work does not
/// compile; waiting for the `Pending` gives it back.
package struct Executable: ~Copyable {
  private let work: RecordedWork

  init(_ work: RecordedWork) { self.work = work }

  package var label: String { work.label }
  package var dispatchCount: Int { work.commands.count { $0 != .barrier } }
  /// Barriers between dispatches; the one at each end is not counted.
  package var barrierCount: Int { work.commands.count { $0 == .barrier } }
  /// What was recorded, for checks.
  package var commands: [RecordedCommand] { work.commands }

  /// Starts it, `repeatCount` times in a row; each run sees the results of the one before.
  ///
  /// - Throws: `.deviceLost`, `.outOfMemory`; the executable is gone then.
  package consuming func submit(repeatCount: Int = 1) throws(GPUError) -> Pending {
    let value = try work.submit(repeatCount: repeatCount)
    return Pending(work, value: value)
  }

  /// How long each dispatch took in the last run; needs a recording with timestamps that has run.
  package borrowing func timings() throws(GPUError) -> [DispatchTiming] { try work.timings() }
}

/// Work that the device was given. Dropping it does not stop the work; what it uses lives until it is done.
package struct Pending: ~Copyable {
  private let work: RecordedWork
  /// The value that the device's timeline reaches when it is done.
  package let timelineValue: UInt64

  init(_ work: RecordedWork, value: UInt64) {
    self.work = work
    timelineValue = value
  }

  /// Blocks the thread until the work is done; call it on a `QueueThread`, never on the cooperative pool.
  ///
  /// - Throws: `.deadline` or `.deviceLost`; the device is lost after either.
  package consuming func wait() throws(GPUError) -> Executable {
    try work.device.queue.wait(for: timelineValue)
    return Executable(work)
  }
}
