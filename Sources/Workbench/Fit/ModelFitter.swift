import GPU
package import Models
package import Ops
package import Tensors
import VulkanBackend

/// Finds out what fits without opening a device: a function of a model, limits and facts about devices.
package struct ModelFitter: Sendable {
  private let program: Program
  private let weights: Weights
  /// What the model was made for.
  private let longestContext: Int
  private let limits: @Sendable (_ contextLength: Int, _ keyValueFormat: BlockFormat) -> ExecutionLimits

  /// - Parameter limits: what commands plan for at a context.
  /// - Throws: `ProgramError` where the model's program is broken.
  package init(
    _ model: Model, limits: @escaping @Sendable (_ contextLength: Int, _ keyValueFormat: BlockFormat) -> ExecutionLimits
  ) throws {
    program = try model.architecture.program()
    weights = model.weights
    longestContext = model.architecture.contextLength
    self.limits = limits
  }

  /// As the model is stored, then in every other format that its matrices can be converted to.
  package func fits(in space: DeviceSpace) -> [ModelFit] {
    let stored = matrixFormats
    let others = BlockFormat.all.filter { [$0] != stored }
    return ([nil] + others).compactMap { fit(format: $0, in: space) }
  }

  /// The formats of the matrices as they are stored, sorted by name.
  package var matrixFormats: [BlockFormat] {
    Set(weights.stored.filter { $0.spec.shape.count > 1 }.map(\.spec.format)).sorted { $0.name < $1.name }
  }

  /// Nil where the matrices are not made of whole blocks of the format.
  package func fit(format: BlockFormat?, in space: DeviceSpace) -> ModelFit? {
    var weights = weights
    weights.matrixFormat = format
    guard let segments = try? program.segments(of: weights) else { return nil }
    func planner(_ contextLength: Int, _ keyValueFormat: BlockFormat) -> Planner {
      Planner(
        program: program, limits: limits(contextLength, keyValueFormat), profile: space.profile,
        weightSegments: segments,
        availableVariants: space.variants)
    }
    func plan(_ planner: Planner) -> MemoryPlan {
      MemoryPlan(planner, layout: StepLayout(planner.limits, vocabularySize: program.logitCount))
    }
    let shortest = planner(min(ExecutionLimits.pageLength, longestContext), .f16)
    let obstacle = Self.obstacle(shortest)
    func longest(_ keyValueFormat: BlockFormat) -> Int? {
      guard obstacle == nil else { return nil }
      return Self.longestContext(upTo: longestContext) { contextLength in
        let planner = planner(contextLength, keyValueFormat)
        guard (try? planner.checkBindings(deviceName: "")) != nil else { return false }
        return plan(planner).byteCount <= space.availableByteCount
      }
    }
    return ModelFit(
      format: format, weightByteCount: plan(shortest).uses.first?.byteCount ?? 0, contextLength: longest(.f16),
      float32ContextLength: longest(.f32), q8ContextLength: longest(.q8_0),
      bytesPerToken: Self.bytesPerToken(shortest), obstacle: obstacle)
  }

  /// The longest context for which `fits` says yes, in whole pages or all of `most`; nil where there is none.
  ///
  /// - Parameter fits: yes up to some context, and no beyond.
  package static func longestContext(upTo most: Int, where fits: (_ contextLength: Int) -> Bool) -> Int? {
    let pageLength = ExecutionLimits.pageLength
    // So many pages fit, and so many do not.
    var (fitting, failing) = (0, (most + pageLength - 1) / pageLength + 1)
    while failing - fitting > 1 {
      let pages = (fitting + failing) / 2
      if fits(min(most, pages * pageLength)) { fitting = pages } else { failing = pages }
    }
    return fitting == 0 ? nil : min(most, fitting * pageLength)
  }

  /// Why a model cannot run at any context, where memory is not the reason.
  private static func obstacle(_ planner: Planner) -> String? {
    do {
      for tokenCount in Planner.buckets(tokenCount: planner.limits.tokenCount) {
        for isPrompt in [false, true] { _ = try planner.launches(tokenCount: tokenCount, isPrompt: isPrompt) }
      }
      return nil
    } catch {
      return error.description
    }
  }

  /// What a step with one token at the beginning reads at least.
  private static func bytesPerToken(_ planner: Planner) -> Int {
    let size = StepSize(tokens: 1, outputs: 1, context: 1)
    return planner.program.steps.reduce(0) { sum, step in
      let request = planner.request(for: step, tokenCount: 1)
      let inputs = zip(request.inputs, request.formats).map { (tensor: $0, format: $1) }
      return sum + step.operation.cost(inputs, size: size).byteCount
    }
  }
}
