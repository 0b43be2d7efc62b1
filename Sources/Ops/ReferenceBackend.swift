import Foundation
import Synchronization
import Tensors

/// Runs programs by their definition, step by step on the host: slow, and what every kernel is checked against.
public struct ReferenceBackend: Backend {
  public init() {}
  public var deviceName: String { "reference (CPU)" }

  public func prepare(
    _ program: Program, weights: Weights, limits: ExecutionLimits
  ) throws -> any PreparedProgram {
    try ReferenceProgram(program, weights: weights, limits: limits)
  }
}

/// A program ready to run by definition.
public final class ReferenceProgram: PreparedProgram {
  public let program: Program
  public let limits: ExecutionLimits
  private let constants: [TensorID: ReferenceCall.Input]
  private let caches: Mutex<[TensorID: ReferenceCache]>

  public init(_ program: Program, weights: Weights, limits: ExecutionLimits) throws {
    let cacheByteCount = program.tensors.filter(\.isKeyValueCache).reduce(0) {
      $0 + 8 * limits.pageCount * ExecutionLimits.pageLength * $1.columns
    }
    guard cacheByteCount < ProcessInfo.processInfo.physicalMemory / 2 else {
      throw ProgramError(
        "the reference keeps keys and values in float32: \(cacheByteCount >> 20) MiB are more than half of this machine's "
          + "memory; choose a shorter --context")
    }
    var constants: [TensorID: ReferenceCall.Input] = [:]
    var caches: [TensorID: ReferenceCache] = [:]
    for (index, tensor) in program.tensors.enumerated() {
      let id = TensorID(index)
      switch tensor.kind {
      case .activation: break
      case .weight: constants[id] = .weight(try weights.weight(for: tensor))
      case .rotaryTable(let frequencies):
        let positions = limits.pagesPerSequence * ExecutionLimits.pageLength
        constants[id] = .matrix(frequencies.table(positionCount: positions))
      case .keyValueCache(_, let heads, let headDimension):
        caches[id] = ReferenceCache(
          heads: heads, headDimension: headDimension, pageCount: limits.pageCount, format: limits.keyValueFormat)
      }
    }
    self.program = program
    self.limits = limits
    self.constants = constants
    self.caches = Mutex(caches)
  }

  public var memory: [MemoryUse] {
    let cached = caches.withLock { $0.values.reduce(0) { $0 + 4 * ($1.keys.count + $1.values.count) } }
    return [
      MemoryUse(purpose: "weights (mapped)", byteCount: 0), MemoryUse(purpose: "keys and values", byteCount: cached),
    ]
  }

  public func run(
    _ inputs: StepInputs, values: [TensorID: [Float]], reading: [TensorID]
  ) async throws -> StepOutputs {
    try inputs.check(against: limits, program: program)
    let start = ContinuousClock.now
    var step = inputs
    var sampled = SampledTokens(outputCount: inputs.outputRows.count)
    var logProbabilities: [[TokenLogProbabilities?]] = []
    var results: [TensorID: Matrix] = [:]
    for _ in 0..<inputs.repeatCount {
      results = try runOnce(step, values: values)
      guard let last = program.steps.last(where: { $0.operation is Sample }), let rows = results[last.outputs[0]] else {
        continue
      }
      let ids = (0..<rows.rows).map { Int32(rows.values[$0 * rows.columns]) }
      sampled.ids += ids
      if inputs.asksForLogProbabilities {
        logProbabilities.append(inputs.logProbabilities { rows.row($0).dropFirst() })
      }
      // What is no number cannot be fed back.
      if ids.contains(where: { $0 < 0 }) { break }
      step.advance(ids)
    }
    var read: [TensorID: [Float]] = [:]
    for id in reading { read[id] = results[id]?.values ?? caches.withLock { $0[id].map { $0.keys + $0.values } } }
    return StepOutputs(
      sampled: sampled, logProbabilities: logProbabilities, tensors: read, seconds: start.secondsUntilNow)
  }

  /// For each element of the last step's output how far a right kernel may be from the definition.
  package func errorBounds(
    _ step: StepInputs, values: [TensorID: [Float]], numerics: Numerics = .float32
  ) throws(ProgramError) -> [Float] {
    var bounds: [Float] = []
    _ = try runOnce(step, values: values) { operation, call throws(ProgramError) in
      bounds =
        switch numerics {
        case .float32: try operation.errorBound(call)
        case .float16Inputs: try operation.errorBoundForFloat16Inputs(call)
        }
    }
    return bounds
  }

  /// The same for the keys and values that the last step stores.
  package func cacheErrorBounds(_ step: StepInputs, values: [TensorID: [Float]]) throws(ProgramError) -> [Float] {
    var bounds: [Float] = []
    _ = try runOnce(step, values: values) { operation, call throws(ProgramError) in
      bounds = try operation.cacheErrorBound(call)
    }
    return bounds
  }

  private func runOnce(
    _ step: StepInputs, values: [TensorID: [Float]],
    inspect: (any Operation, ReferenceCall) throws(ProgramError) -> Void = { _, _ in }
  ) throws(ProgramError) -> [TensorID: Matrix] {
    var matrices: [TensorID: Matrix] = [:]
    for (id, given) in values { try accept(given, for: id, step: step, matrices: &matrices) }
    for current in program.steps {
      let output = program[current.outputs[0]]
      var inputs: [ReferenceCall.Input] = []
      for id in current.inputs {
        if let constant = constants[id] {
          inputs.append(constant)
        } else if let cache = caches.withLock({ $0[id] }) {
          inputs.append(.cache(cache))
        } else if let matrix = matrices[id] {
          inputs.append(.matrix(matrix))
        } else {
          throw ProgramError("\(current.operation) reads \(program[id].name), which nothing has written")
        }
      }
      var call = ReferenceCall(
        step: step, inputs: inputs, output: Matrix(rows: step.size.rows(output.rows), columns: output.columns))
      try current.operation.evaluate(&call)
      try inspect(current.operation, call)
      matrices[current.outputs[0]] = call.output
      for (index, id) in current.inputs.enumerated() where current.outputs.contains(id) {
        if case .cache(let cache) = call.inputs[index] { caches.withLock { $0[id] = cache } }
      }
    }
    return matrices
  }

  private func accept(
    _ given: [Float], for id: TensorID, step: StepInputs, matrices: inout [TensorID: Matrix]
  ) throws(ProgramError) {
    let tensor = program[id]
    if tensor.isKeyValueCache {
      let fits = caches.withLock { caches in
        guard var cache = caches[id], given.count == cache.keys.count + cache.values.count else { return false }
        cache.keys = Array(given[..<cache.keys.count])
        cache.values = Array(given[cache.keys.count...])
        caches[id] = cache
        return true
      }
      guard fits else { throw ProgramError("\(given.count) values do not fill \(tensor.name)") }
      return
    }
    let rows = step.size.rows(tensor.rows)
    guard given.count == rows * tensor.columns else {
      throw ProgramError("\(tensor.name) takes \(rows) × \(tensor.columns) values, not \(given.count)")
    }
    matrices[id] = Matrix(rows: rows, columns: tensor.columns, values: given)
  }
}
