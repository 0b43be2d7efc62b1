import Ops
import Tensors
import Testing

/// Definitions against values worked out by hand, and the rules around them.
@Suite struct OperationTests {
  /// The result of one operation on given activations.
  func evaluate(
    _ inputs: [(rows: RowCount, columns: Int, values: [Float])], weights: [StoredTensor] = [], tokens: Int = 1,
    _ body: (inout Program, [TensorID]) throws -> TensorID
  ) async throws -> [Float] {
    var program = Program()
    let ids = inputs.enumerated().map {
      program.input("x\($0.offset)", rows: $0.element.rows, columns: $0.element.columns)
    }
    let result = try body(&program, ids)
    program.keep(result)
    let reference = try ReferenceProgram(
      program, weights: Weights(weights), limits: ExecutionLimits(tokenCount: tokens, pageCount: 1, pagesPerSequence: 1)
    )
    let step = StepInputs(
      tokens: [Int32](repeating: 0, count: tokens), positions: (0..<Int32(tokens)).map { $0 },
      sequences: [Int32](repeating: 0, count: tokens), pageTables: [[0]], outputRows: [Int32(tokens - 1)])
    let values = Dictionary(uniqueKeysWithValues: zip(ids, inputs.map(\.values)))
    return try await reference.run(step, values: values, reading: [result]).tensors[result] ?? []
  }

  @Test func linearIsRowTimesColumn() async throws {
    let weight = try StoredTensor(
      name: "w", spec: TensorSpec(shape: [2, 3], format: .f32), values: [1, 2, 3, -1, 0.5, 4])
    let y = try await evaluate([(.tokens, 3, [1, 10, 100])], weights: [weight]) { program, ids in
      try program.append(Linear(), [ids[0], program.weight(["w"], rows: 2, columns: 3)], name: "y")
    }
    #expect(y == [321, 404])
  }

  @Test func normDividesByRootMeanSquare() async throws {
    let weight = try StoredTensor(name: "w", spec: TensorSpec(shape: [2], format: .f32), values: [1, 10])
    let y = try await evaluate([(.tokens, 2, [3, 4])], weights: [weight]) { program, ids in
      try program.append(RMSNorm(epsilon: 0), [ids[0], program.weight(["w"], rows: 1, columns: 2)], name: "y")
    }
    #expect(abs(y[0] - 3 / Float(12.5).squareRoot()) < 1e-6)
    #expect(abs(y[1] - 40 / Float(12.5).squareRoot()) < 1e-5)
  }

  @Test func greedyTakesTheLowestAndRefusesWhatIsNoNumber() async throws {
    func greedy(_ values: [Float]) async throws -> Float? {
      try await evaluate([(.outputs, values.count, values)]) { program, ids in
        try program.append(Sample(), ids, name: "id")
      }.first
    }
    #expect(try await greedy([1, 5, 5, 2]) == 1)
    #expect(try await greedy([1, .nan, 5]) == -1)
    #expect(try await greedy([-.infinity, -.infinity]) == -1)
    #expect(try await greedy([.infinity, 0]) == -1)
  }

  @Test func rotationKeepsLengthAndTurnsByPosition() {
    let frequencies = RotaryFrequencies(base: 10000, dimension: 4, scaling: .none)
    #expect(frequencies.values[0] == 1)
    #expect(abs(frequencies.values[1] - 0.01) < 1e-9)
    let table = frequencies.table(positionCount: 3)
    #expect(Array(table.row(0)) == [1, 1, 0, 0])
    #expect(abs(table.row(2)[8] - Float(-0.416_146_84)) < 1e-6)
  }

  @Test func longWavesAreDividedShortOnesKept() {
    let plain = RotaryFrequencies(base: 500_000, dimension: 128, scaling: .none).values
    let scaled = RotaryFrequencies(
      base: 500_000, dimension: 128,
      scaling: .llama3(factor: 8, lowFrequencyFactor: 1, highFrequencyFactor: 4, originalContext: 8192)
    ).values
    #expect(scaled[0] == plain[0])
    #expect(abs(scaled[63] * 8 - plain[63]) < 1e-12)
    #expect(zip(plain, scaled).allSatisfy { $0 >= $1 && $1 * 8.001 >= $0 })
  }

  @Test(arguments: OperationCatalogue.all.map { $0.name })
  func casesHaveNamesOfTheirOwnAndOneStep(_ name: String) throws {
    let operation = try #require(OperationCatalogue.all.first { $0.name == name })
    let cases = operation.cases
    #expect(!cases.isEmpty)
    #expect(Set(cases.map(\.name)).count == cases.count)
    for candidate in cases { #expect(candidate.program.steps.count == 1, "\(candidate.name)") }
  }

  @Test func unfitInputsAreRefused() {
    var program = Program()
    let x = program.input("x", rows: .tokens, columns: 8)
    let weight = program.weight(["w"], rows: 4, columns: 9)
    let odd = program.input("odd", rows: .tokens, columns: 3)
    #expect(throws: ProgramError.self) { try program.append(Linear(), [x, weight], name: "y") }
    #expect(throws: ProgramError.self) { try program.append(SwiGLU(), [odd], name: "y") }
  }

  @Test func stepsBeyondTheirLimitsAreRefused() throws {
    let limits = ExecutionLimits(tokenCount: 2, outputCount: 3, pageCount: 2, pagesPerSequence: 2)
    func check(_ change: (inout StepInputs) -> Void) throws {
      var step = StepInputs(
        tokens: [1, 2], positions: [0, 1], sequences: [0, 0], pageTables: [[0, 1]], outputRows: [1])
      change(&step)
      try step.check(against: limits, program: Program())
    }
    try check { _ in }
    #expect(throws: ProgramError.self) { try check { $0.tokens.append(3) } }
    #expect(throws: ProgramError.self) { try check { $0.positions[1] = 128 } }
    #expect(throws: ProgramError.self) { try check { $0.positions[0] = -1 } }
    #expect(throws: ProgramError.self) { try check { $0.sequences[0] = 1 } }
    #expect(throws: ProgramError.self) { try check { $0.pageTables[0][1] = 2 } }
    #expect(throws: ProgramError.self) { try check { $0.outputRows = [2] } }
    try check { $0.outputRows = [0, 1] }
    #expect(throws: ProgramError.self) { try check { $0.outputRows = [0, 1, 1] } }
    #expect(throws: ProgramError.self) { try check { $0.repeatCount = 2 } }
  }
}
