import Ops
import Tensors
import TestKit
import Testing
import VulkanBackend
import Workbench

/// Sampling on the device against the definition, id for id, on rows and parameters from a seed.
@Suite(.serialized) struct SamplingTests {
  private static let rows = 16

  private static func program(vocabulary: Int) throws -> (program: Program, logits: TensorID) {
    var program = Program()
    let logits = program.input("logits", rows: .outputs, columns: vocabulary)
    program.setLogits(logits)
    program.keep(try program.append(Sample(), [logits], name: "id"))
    return (program, logits)
  }

  private static func prepared(
    _ program: Program, on backend: any Backend
  ) async throws -> any PreparedProgram {
    let limits = ExecutionLimits(
      tokenCount: rows, outputCount: rows, sequenceCount: rows, pageCount: rows, pagesPerSequence: 1)
    return try await backend.prepare(program, weights: Weights([]), limits: limits)
  }

  private static func parameters(_ random: inout SeededGenerator, vocabulary: Int) -> SamplingParameters {
    func any<T>(_ values: [T], _ fallback: T) -> T { values.randomElement(using: &random) ?? fallback }
    func biases() -> [Int32: Float] {
      let ids = (0..<512).map { _ in Int32(random.next() % UInt64(vocabulary)) }
      return Dictionary(ids.map { ($0, any([-100, -1.5, 0.3, 4, 100], 0)) }) { first, _ in first }
    }
    return SamplingParameters(
      temperature: any([0, 1e-20, 0.01, 0.3, 0.7, 1, 1.5, 5, 1e20], 1),
      topK: any([0, 0, 1, 2, 40, 50, 300, 1 << 20], 0),
      topP: any([1, 1, 1e-9, 0.1, 0.5, 0.9, 0.95, 0.999_999], 1), minP: any([0, 0, 1e-9, 0.01, 0.1, 1], 0),
      repetitionPenalty: any([1, 1, 1, 1.1, 0.5, 3], 1),
      presencePenalty: any([0, 0, 0.7, -2], 0), frequencyPenalty: any([0, 0, 0.3, -0.1], 0),
      logitBias: random.next() % 3 == 0 ? biases() : [:], likeliestCount: any([nil, nil, 0, 5, 20], nil),
      seed: random.next())
  }

  /// A step of a row per sequence, each sampled in its own way.
  private static func step(_ random: inout SeededGenerator, vocabulary: Int) -> StepInputs {
    let indices = (0..<Int32(rows)).map { $0 }
    let sampling = indices.map { _ in parameters(&random, vocabulary: vocabulary) }
    return StepInputs(
      tokens: [Int32](repeating: 0, count: rows), positions: indices.map { _ in Int32(random.next() % 40) },
      sequences: indices, pageTables: indices.map { [$0] }, outputRows: indices, sampling: sampling,
      histories: sampling.map { parameters in
        func ids(_ count: Int) -> [Int32] { (0..<count).map { _ in Int32(random.next() % UInt64(vocabulary)) } }
        return TokenHistory(
          prompt: ids(vocabulary / 3), answer: ids(vocabulary / 2), for: parameters, vocabularySize: vocabulary)
      })
  }

  private static func logits(_ random: inout SeededGenerator, vocabulary: Int) -> [Float] {
    (0..<rows).flatMap { row in
      let deviation = [Float(0), 0.3, 1, 4, 100, 1e30][row % 6]
      return (0..<vocabulary).map { _ in
        let value = random.nextNormal() * deviation
        return row % 4 == 3 ? value.rounded() : value
      }
    }
  }

  @Test(arguments: [2, 33, 500, 5000]) func theDeviceChoosesWhatTheDefinitionSays(vocabulary: Int) async throws {
    let (program, logits) = try Self.program(vocabulary: vocabulary)
    let device = try await Self.prepared(program, on: VulkanTestDevice.shared().backend)
    let reference = try await Self.prepared(program, on: ReferenceBackend())
    var random = SeededGenerator(seed: UInt64(vocabulary))
    for _ in 0..<20 {
      let step = Self.step(&random, vocabulary: vocabulary)
      let values = [logits: Self.logits(&random, vocabulary: vocabulary)]
      let expected = try await reference.run(step, values: values, reading: [])
      let actual = try await device.run(step, values: values, reading: [])
      #expect(expected.sampled == actual.sampled)
      try Self.expectNear(actual, expected, vocabularySize: vocabulary)
    }
  }

  private static func expectNear(_ actual: StepOutputs, _ expected: StepOutputs, vocabularySize: Int) throws {
    let (actual, expected) = (Array(actual.logProbabilities.joined()), Array(expected.logProbabilities.joined()))
    try #require(actual.count == expected.count)
    for (actual, expected) in zip(actual, expected) {
      #expect(actual?.likeliest.map(\.id) == expected?.likeliest.map(\.id))
      let values = [actual, expected].map { told in told.map { [$0.chosen] + $0.likeliest.map(\.logProbability) } ?? []
      }
      for (value, wanted) in zip(values[0], values[1]) {
        let bound = SamplingParameters.logProbabilityBound(wanted, vocabularySize: vocabularySize)
        #expect(value == wanted || abs(value - wanted) <= bound)
      }
    }
  }

  /// The same logits under each step: 16 in one submission, 16 alone, and one row without the others.
  @Test func burstsAndCompanyMakeNoDifference() async throws {
    let vocabulary = 700
    let (program, logits) = try Self.program(vocabulary: vocabulary)
    let device = try await Self.prepared(program, on: VulkanTestDevice.shared().backend)
    var random = SeededGenerator(seed: 16)
    let first = Self.step(&random, vocabulary: vocabulary)
    let all = Self.logits(&random, vocabulary: vocabulary)
    var step = first
    step.repeatCount = 16
    let burst = try await device.run(step, values: [logits: all], reading: [])
    step = first
    #expect(burst.sampled.stepCount == 16)
    for (index, told) in burst.logProbabilities.enumerated() {
      let outputs = try await device.run(step, values: [logits: all], reading: [])
      #expect(outputs.sampled.ids[...] == burst.sampled.step(index) && outputs.logProbabilities == [told])
      step.advance(outputs.sampled.ids)
    }
    for row in 0..<Self.rows {
      let alone = StepInputs(
        tokens: [0], positions: [first.positions[row]], sequences: [0], pageTables: [first.pageTables[row]],
        outputRows: [0], sampling: [first.sampling[row]], histories: [first.histories[row]], repeatCount: 16)
      let own = Array(all[(row * vocabulary)..<((row + 1) * vocabulary)])
      let outputs = try await device.run(alone, values: [logits: own], reading: [])
      #expect(outputs.sampled.row(0) == burst.sampled.row(row), "row \(row)")
      let told = outputs.logProbabilities.compactMap { $0[0] }
      #expect(told == burst.logProbabilities.compactMap { $0[row] }, "row \(row)")
    }
  }
}
