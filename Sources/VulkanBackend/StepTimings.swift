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
