import GPU

/// The recording of all steps for one token capacity; taken out while it runs.
final class Plan {
  let tokenCapacity: Int
  let dispatchCount: Int
  let barrierCount: Int
  private var executable: Executable?

  init(tokenCapacity: Int, executable: consuming Executable) {
    self.tokenCapacity = tokenCapacity
    dispatchCount = executable.dispatchCount
    barrierCount = executable.barrierCount
    self.executable = consume executable
  }

  /// Submits the recording `repeatCount` times and waits.
  ///
  /// - Throws: `GPUError`; after one the recording is gone and the plan cannot run again.
  func run(repeatCount: Int) throws {
    guard let ready = executable.take() else {
      throw GPUError(.invalid, "a recording that failed before cannot run again: prepare the program anew")
    }
    executable = try ready.submit(repeatCount: repeatCount).wait()
  }
}
