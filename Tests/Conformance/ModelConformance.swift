import Engine
import Models
import Ops
import Tensors
import TestKit
import Testing
import Workbench

/// Every backend against transformers, and against itself.
@Suite(.serialized) struct ModelConformance {
  @Test(arguments: TestBackend.allCases, Fixtures.checkpoints)
  func logitsEqualTransformers(_ backend: TestBackend, _ checkpoint: String) async throws {
    let conformance = try Conformance(checkpoint, on: backend.open())
    let exact = try await conformance.logitDifferences(keyValueFormat: .f32)
    #expect(exact.count == 5)
    #expect(exact.allSatisfy { $0 <= 2e-3 }, "\(exact)")
    let half = try await conformance.logitDifferences(keyValueFormat: .f16)
    #expect(half.allSatisfy { $0 <= 1e-2 }, "\(half)")
  }

  @Test(arguments: TestBackend.allCases, Fixtures.checkpoints)
  func layersEqualTransformers(_ backend: TestBackend, _ checkpoint: String) async throws {
    let conformance = try Conformance(checkpoint, on: backend.open())
    let differences = try await conformance.hiddenDifferences(keyValueFormat: .f32)
    #expect(differences.count == conformance.model.architecture.layerCount + 1)
    for (name, difference) in differences { #expect(difference <= 1e-3, "\(name)") }
  }

  @Test(arguments: TestBackend.allCases, Fixtures.checkpoints)
  func greedyEqualsTransformers(_ backend: TestBackend, _ checkpoint: String) async throws {
    let conformance = try Conformance(checkpoint, on: backend.open())
    #expect(try await conformance.greedyFault(margin: 4e-3, keyValueFormat: .f32) == nil)
    #expect(try await conformance.greedyFault(margin: 2e-2, keyValueFormat: .f16, chain: 5) == nil)
  }

  @Test(arguments: TestBackend.allCases, Fixtures.checkpoints)
  func piecesMakeNoDifference(_ backend: TestBackend, _ checkpoint: String) async throws {
    let conformance = try Conformance(checkpoint, on: backend.open())
    for pieces in [[1], [64, 1], [65, 64, 1], [7, 40]] {
      #expect(try await conformance.pieceDifference(pieces, keyValueFormat: .f16) == 0, "\(pieces)")
    }
  }

  @Test(arguments: TestBackend.allCases, Fixtures.checkpoints)
  func feedingMakesNoDifference(_ backend: TestBackend, _ checkpoint: String) async throws {
    let model = try Model(path: Fixtures.model(checkpoint))
    for format in try Self.cacheFormats(model) {
      let validation = try ModelValidation(model, seed: 3, keyValueFormat: format)
      let (results, logits) = try await validation.gates(on: backend.open())
      #expect(results.count == 4 && logits != nil)
      for result in results { #expect(result.verdict == .passed, "\(format): \(result)") }
    }
  }

  /// float16, and eight bits where heads are made of octets.
  private static func cacheFormats(_ model: Model) throws -> [BlockFormat] {
    [.f16, .q8_0].filter {
      CacheLayout(headDimension: model.architecture.headDimension, format: $0).isStorable
    }
  }

  @Test(arguments: Fixtures.checkpoints)
  func eachStepIsWithinItsBound(_ checkpoint: String) async throws {
    let model = try Model(path: Fixtures.model(checkpoint))
    let plain = try VulkanTestDevice.unguarded()
    for format in try Self.cacheFormats(model) {
      let validation = try ModelValidation(model, seed: 3, keyValueFormat: format)
      let logits = await validation.gates(on: plain.backend).logits
      for result in try await validation.walk(on: VulkanTestDevice.shared().backend, logits: logits) {
        #expect(result.verdict == .passed && result.checks == [.values, .arena], "\(format): \(result)")
      }
    }
    #expect(try await plain.findings() == [])
  }

  /// Chained on the device, ids are those that the host draws from the logits of single steps.
  @Test(arguments: Fixtures.checkpoints)
  func sampledAnswersAreThoseOfTheHost(_ checkpoint: String) async throws {
    let model = try Model(path: Fixtures.model(checkpoint))
    let limits = ExecutionLimits(tokenCount: 16, pageCount: 2, pagesPerSequence: 2)
    let prepared = try await TestBackend.vulkan.open().prepare(
      model.architecture.program(), weights: model.weights, limits: limits)
    let engine = try Engine(prepared, contextLength: 128)
    let prompt: [Int32] = [5, 6, 7]
    func answer(_ sampling: SamplingParameters) async throws -> [Int32] {
      let request = GenerationRequest(prompt: prompt, sampling: sampling, tokenLimit: 40)
      var ids: [Int32] = []
      for try await event in engine.generate(request) { if case .token(let id, _) = event { ids.append(id) } }
      return ids
    }
    let logits = try #require(prepared.program.logits)
    func answerOfTheHost(_ sampling: SamplingParameters) async throws -> [Int32] {
      var history = TokenHistory(prompt: prompt, for: sampling, vocabularySize: engine.vocabularySize)
      var (ids, fed, start): ([Int32], [Int32], Int) = ([], prompt, 0)
      while ids.count < 40 {
        let step = StepInputs(
          tokens: fed, positions: fed.indices.map { Int32(start + $0) }, sequences: fed.map { _ in 0 },
          pageTables: [[0, 1]], outputRows: [Int32(fed.count - 1)],
          isPrompt: ids.isEmpty && prepared.promptNumerics != .float32)
        let row = try await prepared.run(step, reading: [logits]).tensors[logits] ?? []
        start += fed.count
        let id = sampling.choice(from: row, history: history, position: Int32(start - 1))
        history.append(id)
        ids.append(id)
        fed = [id]
      }
      return ids
    }
    for sampling in [
      SamplingParameters(temperature: 1.5, topK: 40, topP: 0.95, seed: 1),
      SamplingParameters(temperature: 0.8, minP: 0.02, repetitionPenalty: 1.3, seed: 2),
      SamplingParameters(temperature: 3, seed: 3), SamplingParameters(repetitionPenalty: 1.5),
      SamplingParameters(temperature: 1, presencePenalty: 1, frequencyPenalty: 0.5, seed: 4),
      SamplingParameters(temperature: 1, frequencyPenalty: -0.5, logitBias: [9: 5, 11: -100, 12: -3], seed: 5),
    ] {
      let ids = try await answer(sampling)
      #expect(ids.count == 40)
      #expect(try await answerOfTheHost(sampling) == ids)
    }
  }

  /// Weights larger than a binding are cut by rows: the embedding, every matrix, the head.
  @Test func chunkedWeightsGiveTheSameBits() async throws {
    let device = try VulkanTestDevice(weightChunkByteCount: 4096)
    for checkpoint in Fixtures.checkpoints {
      let whole = try Conformance(checkpoint, on: VulkanTestDevice.shared().backend)
      let cut = try Conformance(checkpoint, on: device.backend)
      let expected = try await whole.logitDifferences(keyValueFormat: .f16)
      #expect(try await cut.logitDifferences(keyValueFormat: .f16) == expected)
    }
    #expect(try await device.findings() == [])
  }

  /// What a decode step costs besides arithmetic may shrink, not grow.
  @Test func decodeStaysWithinItsBudget() async throws {
    let budget = try PlanBudget()
    let model = try Model(path: Fixtures.checkpoint("exaone-3.0"))
    // The validation layer allocates too.
    let device = try VulkanTestDevice.unguarded(isValidating: false)
    let run = try await ModelRun(model, on: device.backend, keyValueFormat: .f16)
    // The first answer records the plans; short and long ones must stay within the same budget after it.
    _ = try await run.greedy([5, 6, 7], count: 4)
    for (chain, count) in [(1, 8), (1, 64), (8, 9), (16, 65)] {
      _ = try await run.greedy([5, 6, 7], count: count, chain: chain)
      let statistics = try #require(await (run.prepared as? any PlanReporting)?.planStatistics)
      #expect(statistics.dispatchesPerLayer <= budget.dispatchesPerLayer)
      #expect(statistics.barriersPerLayer <= budget.barriersPerLayer)
      let counted = try #require(statistics.hostAllocationsPerDecodeStep)
      // Of a submission the driver keeps books.
      let allocations = counted * Double(chain)
      #expect(allocations <= Double(budget.hostAllocationsPerSubmission), "\(chain) in a submission, \(count) in all")
    }
  }

  /// Comparing must be able to fail: a model with another epsilon-sized fault in one weight is told apart.
  @Test func plantedFaultIsSeen() async throws {
    let conformance = try Conformance("exaone-3.0", on: ReferenceBackend(), matrixFormat: .q8_0)
    let differences = try await conformance.logitDifferences(keyValueFormat: .f32)
    #expect(differences.contains { $0 > 2e-3 })
  }

  /// Runs last: whatever ran on the device left no message, no overwritten guard.
  @Test func deviceStayedClean() async throws { #expect(try await VulkanTestDevice.shared().findings() == []) }
}
