import Engine
import Ops
import Synchronization
import Testing

private struct Answer {
  var tokens: [Int32] = []
  var logProbabilities: [TokenLogProbabilities] = []
  var summary: GenerationSummary?
}

private func answer(_ engine: Engine, _ request: GenerationRequest) async throws -> Answer {
  var answer = Answer()
  for try await event in engine.generate(request) {
    switch event {
    case .token(let id, let logProbabilities):
      answer.tokens.append(id)
      if let logProbabilities { answer.logProbabilities.append(logProbabilities) }
    case .finished(let summary): answer.summary = summary
    }
  }
  return answer
}

private func prompt(_ count: Int, seed: Int = 0) -> [Int32] {
  (0..<count).map { Int32(($0 * 7 + seed) % ScriptedProgram.vocabularySize) }
}

@Suite struct EngineTests {
  @Test(arguments: [1, 7, 8, 9, 16, 17, 63, 64, 65, 100])
  func greedyAnswersAreThoseOfTheModelForEveryPromptLength(count: Int) async throws {
    let model = ScriptedProgram()
    let engine = try Engine(model, contextLength: 256)
    let answer = try await answer(engine, GenerationRequest(prompt: prompt(count), tokenLimit: 70))
    #expect(answer.tokens == model.greedyAnswer(to: prompt(count), count: 70))
    #expect(answer.summary?.reason == .length)
    #expect(answer.summary?.timings.promptCount == count)
    #expect(answer.summary?.timings.generatedCount == 70)
    try await engine.pool.checkIntegrity()
  }

  @Test func promptsGoInChunksOfWhichOnlyTheLastHasAnOutputRow() async throws {
    let model = ScriptedProgram(tokenCount: 8)
    let engine = try Engine(model, contextLength: 256)
    _ = try await answer(engine, GenerationRequest(prompt: prompt(19), tokenLimit: 1))
    #expect(model.steps.map(\.tokens.count) == [1, 4, 8, 6])
    #expect(model.steps.map(\.outputRows) == [[], [], [], [5]])
    #expect(model.steps.flatMap(\.positions) == (0..<19).map { Int32($0) })
  }

  @Test func greedyStepsAreChainedInGrowingBursts() async throws {
    let model = ScriptedProgram()
    let engine = try Engine(model, contextLength: 256)
    let answer = try await answer(engine, GenerationRequest(prompt: prompt(3), tokenLimit: 40))
    #expect(model.steps.map(\.repeatCount) == [1, 1, 1, 2, 4, 8, 16, 8])
    #expect(answer.tokens.count == 40)
  }

  @Test func anEndTokenInsideABurstCutsWhatFollows() async throws {
    let model = ScriptedProgram()
    let full = model.greedyAnswer(to: prompt(5), count: 30)
    for end in Set(full) {
      let expected = Array(full.prefix { $0 != end })
      let engine = try Engine(model, contextLength: 256)
      let request = GenerationRequest(prompt: prompt(5), endTokens: [end], tokenLimit: 30)
      let answer = try await answer(engine, request)
      #expect(answer.tokens == expected)
      #expect(answer.summary?.reason == .stop)
      #expect(answer.summary?.endToken == end)
      #expect(answer.summary?.timings.generatedCount == expected.count + 1)
    }
  }

  @Test func theContextEndsAnAnswer() async throws {
    let model = ScriptedProgram(pageCount: 1)
    let engine = try Engine(model, contextLength: 64)
    let answer = try await answer(engine, GenerationRequest(prompt: prompt(50)))
    #expect(answer.tokens == model.greedyAnswer(to: prompt(50), count: 14))
    #expect(answer.summary?.reason == .context)
  }

  private func sample(
    _ model: ScriptedProgram, seed: UInt64, logitBias: [Int32: Float] = [:]
  ) async throws -> [Int32] {
    let sampling = SamplingParameters(
      temperature: 1.5, topK: 20, topP: 0.9, repetitionPenalty: 1.2, logitBias: logitBias, seed: seed)
    let engine = try Engine(model, contextLength: 256)
    let request = GenerationRequest(
      prompt: prompt(5), sampling: sampling, tokenLimit: 50)
    return try await answer(engine, request).tokens
  }

  @Test func sampledStepsAreChainedAndFollowTheSeed() async throws {
    let model = ScriptedProgram()
    let first = try await sample(model, seed: 1)
    #expect(model.steps.map(\.repeatCount) == [1, 1, 1, 2, 4, 8, 16, 16, 2])
    #expect(try await sample(model, seed: 1) == first)
    #expect(try await sample(model, seed: 2) != first)
  }

  @Test func aLogitBiasTakesNoOtherStepsAndNoOtherNumbers() async throws {
    let model = ScriptedProgram()
    let plain = try await sample(model, seed: 1)
    let biased = ScriptedProgram()
    #expect(try await sample(biased, seed: 1, logitBias: [7: 0]) == plain)
    #expect(biased.steps.map(\.repeatCount) == model.steps.map(\.repeatCount))
    #expect(try await sample(biased, seed: 1, logitBias: [7: 100]) == [Int32](repeating: 7, count: 50))
    let without = try await sample(
      biased, seed: 1, logitBias: Dictionary(uniqueKeysWithValues: Set(plain).map { ($0, -100) }))
    #expect(Set(without).isDisjoint(with: plain))
    for bias in [[Int32(50): Float(1)], [-1: 1], [3: .nan], [3: 101]] {
      await #expect(throws: GenerationError.self) { _ = try await sample(biased, seed: 1, logitBias: bias) }
    }
  }

  @Test func aPenaltyCountsPromptAndAnswer() async throws {
    let model = ScriptedProgram()
    let engine = try Engine(model, contextLength: 256)
    let sampling = SamplingParameters(repetitionPenalty: 1e9)
    let ids = try await answer(engine, GenerationRequest(prompt: prompt(5), sampling: sampling, tokenLimit: 30)).tokens
    // A penalty without end: as long as an unseen id is likely at all, none comes twice.
    #expect(Set(ids + prompt(5)).count == 35)
    #expect(model.steps.last?.histories.first?.seen.contains(ids[20]) == true)
  }

  @Test func presenceAndFrequencyCountTheAnswerAlone() async throws {
    let model = ScriptedProgram()
    let engine = try Engine(model, contextLength: 256)
    for sampling in [SamplingParameters(presencePenalty: 2), SamplingParameters(frequencyPenalty: -2)] {
      let request = GenerationRequest(prompt: prompt(5), sampling: sampling, tokenLimit: 40)
      let ids = try await answer(engine, request).tokens
      let last = try #require(model.steps.last)
      #expect(last.repeatCount > 1)
      let known = ids.prefix(ids.count - last.repeatCount)
      #expect(last.histories[0].counts == TokenCounts(known, vocabularySize: ScriptedProgram.vocabularySize))
      #expect(last.histories[0].seen == TokenSet())
    }
  }

  @Test(arguments: [0, 3]) func logProbabilitiesComeWithEveryID(count: Int) async throws {
    let model = ScriptedProgram()
    let engine = try Engine(model, contextLength: 256)
    let sampling = SamplingParameters(temperature: 2, presencePenalty: 1, likeliestCount: count, seed: 3)
    let request = GenerationRequest(prompt: prompt(5), sampling: sampling, tokenLimit: 30)
    let told = try await answer(engine, request)
    #expect(model.steps.contains { $0.repeatCount > 1 } && told.logProbabilities.count == 30)
    for (place, logProbabilities) in told.logProbabilities.enumerated() {
      let context = prompt(5) + told.tokens[..<place]
      let row = sampling.logProbabilities(of: told.tokens[place], in: model.logits(after: context))
      #expect(logProbabilities == TokenLogProbabilities(row: row[...], count: count))
      #expect(logProbabilities.likeliest.map(\.id).first == (count > 0 ? model.greedy(after: context) : nil))
    }
    let plain = GenerationRequest(prompt: prompt(5), tokenLimit: 30)
    #expect(try await answer(engine, plain).logProbabilities.isEmpty)
  }

  @Test func topKOfOneIsGreedy() async throws {
    let model = ScriptedProgram()
    let engine = try Engine(model, contextLength: 256)
    let sampling = SamplingParameters(temperature: 2, topK: 1, seed: 9)
    let answer = try await answer(engine, GenerationRequest(prompt: prompt(5), sampling: sampling, tokenLimit: 20))
    #expect(answer.tokens == model.greedyAnswer(to: prompt(5), count: 20))
  }

  @Test func aConversationFeedsOnlyWhatIsNew() async throws {
    let model = ScriptedProgram()
    let engine = try Engine(model, contextLength: 256)
    let first = try await answer(engine, GenerationRequest(prompt: prompt(40), tokenLimit: 10)).tokens
    let longer = prompt(40) + first + prompt(5, seed: 3)
    let second = try await answer(engine, GenerationRequest(prompt: longer, tokenLimit: 10))
    // The last id of the first answer was never fed.
    #expect(second.summary?.timings.reusedCount == 49)
    #expect(second.tokens == model.greedyAnswer(to: longer, count: 10))
    // A shared beginning alone is reused, too; the last id is always fed.
    let third = try await answer(engine, GenerationRequest(prompt: Array(prompt(40)[..<30]), tokenLimit: 10))
    #expect(third.summary?.timings.reusedCount == 29)
    #expect(third.tokens == model.greedyAnswer(to: Array(prompt(40)[..<30]), count: 10))
    let other = try await answer(engine, GenerationRequest(prompt: prompt(40, seed: 1), tokenLimit: 10))
    #expect(other.summary?.timings.reusedCount == 0)
    #expect(other.tokens == model.greedyAnswer(to: prompt(40, seed: 1), count: 10))
    try await engine.pool.checkIntegrity()
  }

  @Test func whereRoundedPromptsAreReusedAnAnswerIsFedAgain() async throws {
    let model = ScriptedProgram(promptNumerics: .float16Inputs)
    let engine = try Engine(model, contextLength: 256)
    let first = try await answer(engine, GenerationRequest(prompt: prompt(40), tokenLimit: 10)).tokens
    #expect(first == model.greedyAnswer(to: prompt(40), count: 10))
    let longer = prompt(40) + first + prompt(5, seed: 3)
    let second = try await answer(engine, GenerationRequest(prompt: longer, tokenLimit: 10))
    #expect(second.summary?.timings.reusedCount == 40)
    #expect(second.tokens == model.greedyAnswer(to: longer, count: 10))
  }

  @Test func resetFreesEveryPage() async throws {
    let engine = try Engine(ScriptedProgram(pageCount: 4), contextLength: 256)
    _ = try await answer(engine, GenerationRequest(prompt: prompt(100), tokenLimit: 4))
    #expect(await engine.pool.freePageCount == 2)
    await engine.reset()
    #expect(await engine.pool.freePageCount == 4)
  }

  @Test func logitsAreThoseBehindTheLastID() async throws {
    let model = ScriptedProgram()
    let engine = try Engine(model, contextLength: 256)
    #expect(try await engine.logits(after: prompt(21)) == model.logits(after: prompt(21)))
  }
}

@Suite struct EngineFaultTests {
  @Test func badPromptsAreRefusedInOneSentence() async throws {
    let engine = try Engine(ScriptedProgram(pageCount: 1), contextLength: 60)
    let cases: [([Int32], String)] = [
      ([], "the prompt is empty"),
      (
        prompt(60), "the prompt has 60 tokens, the context holds 60: shorten it, or raise --context if the model allows"
      ),
      ([3, 50], "id 50 is not in the vocabulary of 50"),
      ([-1], "id -1 is not in the vocabulary of 50"),
    ]
    for (prompt, sentence) in cases {
      await #expect(throws: GenerationError(.request, sentence)) {
        _ = try await answer(engine, GenerationRequest(prompt: prompt, tokenLimit: 1))
      }
    }
    #expect(await engine.pool.freePageCount == 1)
  }

  @Test(arguments: [SamplingParameters.greedy, SamplingParameters(temperature: 1)])
  func logitsThatAreNoNumbersEndTheRequest(sampling: SamplingParameters) async throws {
    let engine = try Engine(ScriptedProgram(nonFiniteStep: 3), contextLength: 256)
    let request = GenerationRequest(prompt: prompt(5), sampling: sampling, tokenLimit: 30)
    let error = await #expect(throws: GenerationError.self) { _ = try await answer(engine, request) }
    #expect(error?.kind == .numeric)
    #expect(await engine.pool.freePageCount == 4)
  }

  @Test(arguments: [0, 1, 2, 5]) func aFailingDeviceFreesThePages(step: Int) async throws {
    let engine = try Engine(ScriptedProgram(failingStep: step), contextLength: 256)
    await #expect(throws: ScriptedProgram.Fault.lost) {
      _ = try await answer(engine, GenerationRequest(prompt: prompt(20), tokenLimit: 90))
    }
    #expect(await engine.pool.freePageCount == 4)
    let after = try await answer(engine, GenerationRequest(prompt: prompt(5), tokenLimit: 3))
    #expect(after.tokens.count == 3)
  }

  @Test(arguments: 0..<6) func cancellingEndsTheRequestAndLeavesTheEngineWhole(step: Int) async throws {
    let reached = AsyncStream.makeStream(of: Void.self)
    let go = AsyncStream.makeStream(of: Void.self)
    let model = ScriptedProgram(beforeStep: { number in
      guard number == step else { return }
      reached.continuation.yield()
      for await _ in go.stream { break }
    })
    let engine = try Engine(model, contextLength: 256)
    let task = Task { try await answer(engine, GenerationRequest(prompt: prompt(30), tokenLimit: 200)).tokens.count }
    for await _ in reached.stream { break }
    task.cancel()
    go.continuation.yield()
    _ = await task.result
    // The next request waits for its turn, so the cancelled one is over once it is served.
    let next = try await answer(engine, GenerationRequest(prompt: prompt(33), tokenLimit: 9))
    #expect(next.tokens == model.greedyAnswer(to: prompt(33), count: 9))
    // One step was in flight; nothing of the cancelled request ran after it.
    #expect(model.steps.dropFirst(step + 1).first?.tokens.first == prompt(33)[next.summary?.timings.reusedCount ?? 0])
    await engine.reset()
    #expect(await engine.pool.freePageCount == 4)
    try await engine.pool.checkIntegrity()
  }

  @Test func aContextBeyondThePoolIsRefused() {
    #expect(throws: GenerationError.self) { _ = try Engine(ScriptedProgram(pageCount: 2), contextLength: 129) }
  }
}
