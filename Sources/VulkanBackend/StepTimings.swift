import GPU

/// How long the dispatches of one step took.
package struct StepTimings: Sendable {
  /// In the order of the step.
  package let dispatches: [DispatchTimings]
  /// From submission to completion, as the host saw it, all repetitions together.
  package let wallSeconds: Double
}

/// How long one dispatch took, run by run.
package struct DispatchTimings: Sendable {
  package let step: PlannedStep
  package let launch: Launch
  /// Device time, the wait for the barrier before it included.
  package let nanoseconds: [Double]
}

/// A step as it was recorded.
struct RecordedStep: ~Copyable {
  let launches: [(step: PlannedStep, launch: Launch)]
  let executable: Executable

  init(launches: [(step: PlannedStep, launch: Launch)], executable: consuming Executable) {
    self.launches = launches
    self.executable = executable
  }

  /// Submits it once and waits.
  consuming func run() throws(GPUError) -> Executable { try executable.submit().wait() }
}
