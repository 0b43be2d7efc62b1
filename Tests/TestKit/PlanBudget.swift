import Tensors

/// What a decode step of the tiny EXAONE 3.0 checkpoint may cost: `Tests/Fixtures/plan-budget.json`.
public struct PlanBudget: Sendable {
  public let dispatchesPerLayer: Double
  public let barriersPerLayer: Double
  public let hostAllocationsPerSubmission: Int

  public init() throws {
    let document = try JSONValue(path: "\(Fixtures.directory)/plan-budget.json")
    guard let dispatches = document["dispatches_per_layer"]?.number,
      let barriers = document["barriers_per_layer"]?.number,
      let allocations = document["host_allocations_per_submission"]?.integer
    else { throw TensorError("plan-budget.json lacks a figure") }
    dispatchesPerLayer = dispatches
    barriersPerLayer = barriers
    hostAllocationsPerSubmission = allocations
  }
}
