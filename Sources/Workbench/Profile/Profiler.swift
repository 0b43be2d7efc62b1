import Foundation
import GPU
package import Ops
import Tensors
package import VulkanBackend

/// Runs one prompt and a few tokens of an answer with a time stamp around every dispatch.
package struct Profiler: Sendable {
  /// One step of the engine: a chunk of the prompt, or one token.
  package struct Pass: Sendable {
    package let name: String
    package let timings: StepTimings
    /// Tokens that the step computes, and positions that the last of them looks back on.
    package let size: StepSize
  }

  private let prepared: VulkanProgram
  private let backend: VulkanBackend
  private let segments: [TensorID: [WeightRows]]

  /// - Throws: `TensorError` where the weights do not fit the program.
  package init(_ prepared: VulkanProgram, backend: VulkanBackend, weights: Weights) throws {
    self.prepared = prepared
    self.backend = backend
    segments = try prepared.program.segments(of: weights)
  }

  /// The prompt in chunks of what a step holds, then `answerCount` single tokens.
  ///
  /// Each pass runs once before it is timed, so that compilation and cold caches of the driver stay out.
  /// - Throws: `ProgramError` where the context does not hold prompt and answer.
  package func run(prompt: [Int32], answerCount: Int) async throws -> [Pass] {
    let limits = prepared.limits
    let pages = (0..<limits.pagesPerSequence).map { Int32($0) }
    var passes: [Pass] = []
    var tokens = prompt
    var position = 0
    while position < prompt.count + answerCount {
      let isAnswer = position >= prompt.count
      let count = isAnswer ? 1 : min(limits.tokenCount, prompt.count - position)
      let isLast = isAnswer || position + count == prompt.count
      let step = StepInputs(
        tokens: Array(tokens[position..<(position + count)]),
        positions: (position..<(position + count)).map { Int32($0) },
        sequences: [Int32](repeating: 0, count: count), pageTables: [pages],
        outputRows: isLast ? [Int32(count - 1)] : [], isPrompt: !isAnswer)
      let outputs = try await prepared.run(step)
      let timings = try await prepared.timings(step)
      if let id = outputs.sampled.ids.first { tokens.append(max(0, id)) }
      passes.append(
        Pass(
          name: isAnswer
            ? "answer token \(position - prompt.count + 1)" : "prompt tokens \(position)…\(position + count - 1)",
          timings: timings, size: step.size))
      position += count
    }
    return passes
  }

  /// What the passes add up to.
  package func report(_ passes: [Pass], model: String, command: String, limits: ProbedLimits) -> ProfileReport {
    let steps = passes.flatMap { self.steps(of: $0) }
    let wall = passes.reduce(0) { $0 + $1.timings.wallSeconds }
    let busy = steps.reduce(0) { $0 + $1.work.seconds }
    return ProfileReport(
      device: backend.deviceName, driver: backend.driverName,
      date: Date.now.formatted(.iso8601.year().month().day().time(includingFractionalSeconds: false)), command: command,
      model: model, tokens: passes.reduce(0) { $0 + $1.size.tokens }, kernels: ProfileReport.kernels(of: steps),
      steps: steps, limits: limits, wallSeconds: wall, gapSeconds: max(0, wall - busy))
  }

  /// The passes one behind the other on a line of time: one track for steps of the engine, one for dispatches.
  package func trace(_ passes: [Pass]) -> TimelineTrace {
    var (whole, parts): ([TimelineTrace.Event], [TimelineTrace.Event]) = ([], [])
    var now = 0.0
    for pass in passes {
      let begin = now
      for step in steps(of: pass) {
        parts.append(
          TimelineTrace.Event(
            name: step.name, category: step.kernel, startMicroseconds: now,
            durationMicroseconds: step.work.seconds * 1e6,
            arguments: [
              "kernel": .text(step.kernel), "bytes": .integer(step.work.byteCount),
              "flop": .integer(step.work.floatOperations),
            ]))
        now += step.work.seconds * 1e6
      }
      whole.append(
        TimelineTrace.Event(
          name: pass.name, category: "step", startMicroseconds: begin, durationMicroseconds: now - begin,
          arguments: ["wall_us": .number(pass.timings.wallSeconds * 1e6)]))
    }
    return TimelineTrace(tracks: [
      TimelineTrace.Track(name: "steps", events: whole), TimelineTrace.Track(name: "dispatches", events: parts),
    ])
  }

  /// Every dispatch with its part of the least work.
  private func steps(of pass: Pass) -> [StepTiming] {
    let shares = Self.shares(of: pass.timings.dispatches.map { ($0.step.main, $0.launch.kernelFile) })
    return zip(pass.timings.dispatches, shares).map { step($0, share: $1, size: pass.size) }
  }

  /// The part of a step's work that each of its dispatches does: those of the kernel that comes first share it evenly, being
  /// chunks of one size but for the last; others, which add up what these found, have none.
  package static func shares(of dispatches: [(step: Int, kernel: String)]) -> [Double] {
    let first = Dictionary(dispatches.map { ($0.step, $0.kernel) }) { earlier, _ in earlier }
    let counts = Dictionary(grouping: dispatches.filter { first[$0.step] == $0.kernel }, by: \.step).mapValues(\.count)
    return dispatches.map { first[$0.step] == $0.kernel ? 1 / Double(counts[$0.step] ?? 1) : 0 }
  }

  /// - Parameter share: of the step's work.
  private func step(_ dispatch: DispatchTimings, share: Double, size: StepSize) -> StepTiming {
    let program = prepared.program
    let planned = dispatch.step
    var cost = Cost(floatOperations: 0, byteCount: 0)
    for step in program.steps[planned.indices] {
      let part = step.operation.cost(step.inputs.map { (tensor: program[$0], format: format(of: $0)) }, size: size)
      cost.floatOperations += part.floatOperations
      cost.byteCount += part.byteCount
      // What a fused step hands on is neither written nor read.
      let output = program[step.outputs[0]]
      if step.outputs[0] != planned.output { cost.byteCount -= 2 * 4 * size.rows(output.rows) * output.columns }
    }
    return StepTiming(
      name: program[planned.output].name, kernel: dispatch.launch.variant,
      work: DeviceWork(
        seconds: (dispatch.nanoseconds.first ?? 0) * 1e-9, byteCount: Int(Double(cost.byteCount) * share),
        floatOperations: Int(Double(cost.floatOperations) * share)))
  }

  private func format(of id: TensorID) -> BlockFormat {
    segments[id]?.mainFormat ?? (prepared.program[id].isKeyValueCache ? prepared.limits.keyValueFormat : .f32)
  }
}
