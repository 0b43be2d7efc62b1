/// A prepared program that can tell how it was planned.
public protocol PlanReporting: Sendable {
  /// As of the latest step.
  var planStatistics: PlanStatistics { get async }
}

/// What a plan costs besides arithmetic: figures that a budget is kept for.
public struct PlanStatistics: Hashable, Sendable {
  /// Dispatches of one decode step per layer of the model.
  public var dispatchesPerLayer: Double
  /// Barriers of one decode step per layer of the model.
  public var barriersPerLayer: Double
  /// Allocations on the host of the latest decode steps, those of their submission shared among them; nil where they are not
  /// counted.
  public var hostAllocationsPerDecodeStep: Double?
  /// Every pipeline that the plan uses.
  public var pipelines: [PipelineStatistics]

  public init(
    dispatchesPerLayer: Double, barriersPerLayer: Double, hostAllocationsPerDecodeStep: Double? = nil,
    pipelines: [PipelineStatistics] = []
  ) {
    self.dispatchesPerLayer = dispatchesPerLayer
    self.barriersPerLayer = barriersPerLayer
    self.hostAllocationsPerDecodeStep = hostAllocationsPerDecodeStep
    self.pipelines = pipelines
  }
}

/// How one pipeline came to be.
public struct PipelineStatistics: Hashable, Sendable {
  public let name: String
  /// From the call to its end; a driver may find it in a cache or compile the rest at the first dispatch.
  public let compileSeconds: Double

  public init(name: String, compileSeconds: Double) {
    self.name = name
    self.compileSeconds = compileSeconds
  }
}
