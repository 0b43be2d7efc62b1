import Ops
import Tensors

/// What the definition gives for one step, and how far a kernel may be from it.
struct Expectation {
  private let program: Program
  let expected: [TensorID: [Float]]
  let bounds: [TensorID: [Float]]

  /// - Parameters:
  ///   - values: all that the step reads, caches too.
  ///   - numerics: how the kernels round that will be compared.
  init(
    _ program: Program, step: StepInputs, values: [TensorID: [Float]], weights: Weights, limits: ExecutionLimits,
    numerics: Numerics
  ) async throws {
    self.program = program
    let reference = try ReferenceProgram(program, weights: weights, limits: limits)
    let expected = try await reference.run(step, values: values, reading: program.results).tensors
    let output = program.steps[0].outputs[0]
    var bounds = [output: try reference.errorBounds(step, values: values, numerics: numerics)]
    for id in expected.keys where id != output {
      bounds[id] = try reference.cacheErrorBounds(step, values: values)
    }
    self.expected = expected
    self.bounds = bounds
  }

  init(_ candidate: OperationCase, weights: Weights, seed: UInt64, numerics: Numerics) async throws {
    try await self.init(
      candidate.program, step: candidate.step, values: candidate.values(seed: seed), weights: weights,
      limits: candidate.limits, numerics: numerics)
  }

  /// Fills in the errors and, at the first element outside its bound, the fault.
  func compare(_ tensors: [TensorID: [Float]], _ result: inout ValidationResult) {
    for id in program.results {
      let given = tensors[id] ?? []
      result.measure(given, expected[id] ?? [], bounds: bounds[id] ?? [])
      for (index, (value, bound)) in zip(expected[id] ?? [], bounds[id] ?? []).enumerated() {
        let actual = index < given.count ? given[index] : .nan
        if Self.accepts(actual, value, bound) || result.fault != nil { continue }
        let fault = ValidationResult.Fault(
          tensor: program[id].name, index: index, expected: value, actual: actual, bound: bound)
        result.fault = fault
        result.fail("\(fault)")
      }
    }
  }

  /// Whether some elements of the output, from `start` on, lie within their bounds.
  func accepts(_ values: [Float], at start: Int) -> Bool {
    let output = program.steps[0].outputs[0]
    guard let wanted = expected[output]?.dropFirst(start), let bounds = bounds[output]?.dropFirst(start) else {
      return false
    }
    return zip(values, zip(wanted, bounds)).allSatisfy { Self.accepts($0, $1.0, $1.1) }
  }

  static func accepts(_ actual: Float, _ expected: Float, _ bound: Float) -> Bool {
    abs(expected - actual) <= bound || expected == actual || expected.isNaN && actual.isNaN
  }
}
