import Ops
import Tensors
import Testing

/// The bound for kernels that round inputs of products to float16, against such products computed here.
@Suite struct Float16InputsTests {
  enum Rounding: CaseIterable {
    case toNearest, towardZero

    func callAsFunction(_ value: Float) -> Float {
      let nearest = Float(Float16(value))
      guard self == .towardZero, abs(nearest) > abs(value) else { return nearest }
      return Float(nearest < 0 ? Float16(nearest).nextUp : Float16(nearest).nextDown)
    }
  }

  static let cases = Linear.cases.filter { $0.program.tensors[1].columns <= 256 }
  static let seed: UInt64 = 7

  /// The results with each row of x times `scale` of its largest magnitude.
  private func products(
    _ candidate: OperationCase, _ weights: Weights, _ rounding: Rounding, scale: (Float) -> Float
  ) throws -> [Float] {
    let columns = candidate.program.tensors[0].columns
    let x = try #require(candidate.values(seed: Self.seed)[candidate.program.steps[0].inputs[0]])
    let weight = try weights.weight(for: candidate.program.tensors[1])
    var result: [Float] = []
    for start in stride(from: 0, to: x.count, by: columns) {
      let row = x[start..<(start + columns)]
      let scale = scale(row.map(abs).max() ?? 0)
      for n in 0..<weight.rowCount {
        var values = [Float](repeating: 0, count: columns)
        try weight.decode(row: n, into: &values)
        let sum = zip(row, values).reduce(Float(0)) { $0 + rounding($1.0 * scale) * rounding($1.1) }
        result.append(sum / scale)
      }
    }
    return result
  }

  /// Elements outside the bound, and how many there are.
  private func outside(_ candidate: OperationCase, _ rounding: Rounding, scale: (Float) -> Float) async throws
    -> (outside: Int, of: Int)
  {
    let weights = try candidate.weights(seed: Self.seed, format: .f32)
    let reference = try ReferenceProgram(candidate.program, weights: weights, limits: candidate.limits)
    let values = candidate.values(seed: Self.seed)
    let output = candidate.program.results[0]
    let expected = try await reference.run(candidate.step, values: values, reading: [output]).tensors[output] ?? []
    let bounds = try reference.errorBounds(candidate.step, values: values, numerics: .float16Inputs)
    let given = try products(candidate, weights, rounding, scale: scale)
    #expect(given.count == expected.count && bounds.count == expected.count)
    // Written so that what is no number is outside.
    return (zip(zip(given, expected), bounds).count { !(abs($0.0 - $0.1) <= $1) }, expected.count)
  }

  private static func scaleToFloat16(_ largest: Float) -> Float {
    largest == 0 ? 1 : Float(sign: .plus, exponent: 14 - largest.exponent, significand: 1)
  }

  @Test(arguments: Rounding.allCases)
  func scaledRowsStayWithin(_ rounding: Rounding) async throws {
    #expect(!Self.cases.isEmpty)
    for candidate in Self.cases {
      #expect(try await outside(candidate, rounding, scale: Self.scaleToFloat16).outside == 0, "\(candidate.name)")
    }
  }

  @Test func unscaledRowsDoNot() async throws {
    for spread in [OperationCase.Spread.wide, .small] {
      let candidate = try #require(Self.cases.last { $0.spread == spread })
      let (outside, count) = try await outside(candidate, .toNearest) { _ in 1 }
      #expect(outside > count / 10, "\(candidate.name): \(outside) of \(count)")
    }
  }

  /// Elements of attention on rounded inputs that are outside the bound, and how many there are.
  private func attentionOutside(
    _ candidate: OperationCase, _ rounding: (Float) -> Float
  ) async throws -> (outside: Int, of: Int) {
    let reference = try ReferenceProgram(candidate.program, weights: Weights([]), limits: candidate.limits)
    let output = candidate.program.results[0]
    let values = candidate.values(seed: Self.seed)
    let bounds = try reference.errorBounds(candidate.step, values: values, numerics: .float16Inputs)
    let expected = try await reference.run(candidate.step, values: values, reading: [output]).tensors[output] ?? []
    // One scale for all queries: their spread is small.
    let rounded = values.mapValues { all in
      let scale = Self.scaleToFloat16(all.reduce(0) { $1.isNaN ? $0 : max($0, abs($1)) }) / 4
      return all.map { rounding($0 * scale) / scale }
    }
    let given = try await reference.run(candidate.step, values: rounded, reading: [output]).tensors[output] ?? []
    #expect(given.count == expected.count && bounds.count == expected.count)
    return (zip(zip(given, expected), bounds).count { !(abs($0.0 - $0.1) <= $1) }, expected.count)
  }

  static let attentions = Attention.cases.filter {
    $0.limits.keyValueFormat == .f32 && $0.spread != .broken && $0.step.tokens.count <= 12
  }

  @Test(arguments: Rounding.allCases)
  func attentionOnRoundedInputsStaysWithin(_ rounding: Rounding) async throws {
    #expect(!Self.attentions.isEmpty)
    for candidate in Self.attentions {
      #expect(try await attentionOutside(candidate) { rounding($0) }.outside == 0, "\(candidate.name)")
    }
  }

  /// Six bits less than float16 has.
  @Test func attentionOnCoarseInputsDoesNot() async throws {
    let candidate = try #require(Self.attentions.first { $0.name.contains("9 at 60") && $0.spread == .normal })
    let (outside, count) = try await attentionOutside(candidate) {
      Float(bitPattern: $0.bitPattern & 0xfff8_0000)
    }
    #expect(outside > count / 10, "\(outside) of \(count)")
  }

  @Test func operationsWithoutSuchKernelsSaySo() throws {
    let candidate = try #require(Add.cases.first)
    let reference = try ReferenceProgram(candidate.program, weights: Weights([]), limits: candidate.limits)
    #expect {
      try reference.errorBounds(candidate.step, values: candidate.values(seed: 1), numerics: .float16Inputs)
    } throws: { "\($0)".contains("add has no error bound") }
  }
}
