import Engine
import Ops
import Synchronization
import Testing

/// Requests that run together.
@Suite struct CompanyTests {
  private func prompt(_ count: Int, seed: Int = 0) -> [Int32] {
    (0..<count).map { Int32(($0 * 7 + seed) % ScriptedProgram.vocabularySize) }
  }

  /// Answers of as many requests at once as there are prompts, and what each took.
  private func answers(
    _ engine: Engine, _ prompts: [[Int32]], count: Int
  ) async throws -> [(tokens: [Int32], timings: GenerationTimings)] {
    try await withThrowingTaskGroup(of: (Int, [Int32], GenerationTimings).self) { group in
      for (index, prompt) in prompts.enumerated() {
        group.addTask {
          var (tokens, timings): ([Int32], GenerationTimings?) = ([], nil)
          for try await event in engine.generate(GenerationRequest(prompt: prompt, tokenLimit: count)) {
            switch event {
            case .token(let id, _): tokens.append(id)
            case .finished(let summary): timings = summary.timings
            }
          }
          return (index, tokens, try #require(timings))
        }
      }
      var found: [(Int, [Int32], GenerationTimings)] = []
      for try await one in group { found.append(one) }
      return found.sorted { $0.0 < $1.0 }.map { ($0.1, $0.2) }
    }
  }

  @Test(arguments: [1, 3, 8], [Numerics.float32, .float16Inputs])
  func eachGetsWhatItGetsAlone(sequenceCount: Int, numerics: Numerics) async throws {
    let model = ScriptedProgram(pageCount: 40, tokenCount: 16, sequenceCount: sequenceCount, promptNumerics: numerics)
    let engine = try Engine(model, contextLength: 256)
    let prompts = (0..<8).map { prompt(5 + 9 * $0, seed: $0) }
    let found = try await answers(engine, prompts, count: 40)
    #expect(found.map(\.tokens) == prompts.map { model.greedyAnswer(to: $0, count: 40) })
    #expect(found.allSatisfy { $0.timings.preemptionCount == 0 })
    #expect(model.steps.map(\.pageTables.count).max() == sequenceCount)
    #expect(model.steps.contains { $0.repeatCount > 1 && $0.tokens.count == sequenceCount })
    await engine.reset()
    #expect(await engine.pool.freePageCount == 40)
    try await engine.pool.checkIntegrity()
  }

  /// Each needs three pages in the end, together they have five.
  @Test(arguments: [Numerics.float32, .float16Inputs])
  func whoseGetsNoPageStartsOverAndGetsTheSame(numerics: Numerics) async throws {
    let model = ScriptedProgram(pageCount: 5, tokenCount: 16, sequenceCount: 4, promptNumerics: numerics)
    let engine = try Engine(model, contextLength: 256)
    let prompts = (0..<4).map { prompt(20, seed: $0) }
    let found = try await answers(engine, prompts, count: 150)
    #expect(found.map(\.tokens) == prompts.map { model.greedyAnswer(to: $0, count: 150) })
    #expect(found.contains { $0.timings.preemptionCount > 0 })
    await engine.reset()
    #expect(await engine.pool.freePageCount == 5)
    try await engine.pool.checkIntegrity()
  }

  @Test func aBeginningIsSharedWithARequestThatRuns() async throws {
    let model = ScriptedProgram(pageCount: 20, tokenCount: 64, sequenceCount: 2)
    let engine = try Engine(model, contextLength: 512)
    let first = prompt(150)
    let second = Array(first.prefix(140)) + prompt(20, seed: 3)
    var timings: GenerationTimings?
    for try await event in engine.generate(GenerationRequest(prompt: first, tokenLimit: 60)) {
      guard timings == nil, case .token = event else { continue }
      let found = try await answers(engine, [second], count: 10)[0]
      #expect(found.tokens == model.greedyAnswer(to: second, count: 10))
      timings = found.timings
    }
    // The first may be over by then, and hands its last page over in that case.
    #expect(timings?.reusedCount == 128 || timings?.reusedCount == 140)
    try await engine.pool.checkIntegrity()
  }

  @Test func whatADeviceFailsAtEndsThoseThatRanOnly() async throws {
    let model = ScriptedProgram(pageCount: 20, tokenCount: 16, sequenceCount: 2, failingStep: 6)
    let engine = try Engine(model, contextLength: 256)
    let results = await withTaskGroup(of: Bool.self) { group in
      for seed in 0..<5 {
        group.addTask {
          (try? await answers(engine, [prompt(9, seed: seed)], count: 30)) != nil
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect((1...2).contains(results.count { !$0 }))
    await engine.reset()
    #expect(await engine.pool.freePageCount == 20)
  }

  @Test func cancellingOneLeavesTheOthers() async throws {
    let model = ScriptedProgram(pageCount: 20, tokenCount: 16, sequenceCount: 3)
    let engine = try Engine(model, contextLength: 512)
    let dropped = Task {
      for try await _ in engine.generate(GenerationRequest(prompt: prompt(9, seed: 7))) { return }
    }
    let found = try await answers(engine, [prompt(9), prompt(30)], count: 60)
    #expect(found.map(\.tokens) == [prompt(9), prompt(30)].map { model.greedyAnswer(to: $0, count: 60) })
    try await dropped.value
    await engine.reset()
    // Whoever is cancelled is noticed before the next step.
    _ = try await engine.logits(after: prompt(3))
    await engine.reset()
    #expect(await engine.pool.freePageCount == 20)
  }

  @Test func logitsComeInCompany() async throws {
    let model = ScriptedProgram(pageCount: 20, tokenCount: 16, sequenceCount: 4)
    let engine = try Engine(model, contextLength: 256)
    async let answer = answers(engine, [prompt(12)], count: 50)
    async let first = engine.logits(after: prompt(21, seed: 1))
    async let second = engine.logits(after: prompt(33, seed: 2))
    #expect(try await first == model.logits(after: prompt(21, seed: 1)))
    #expect(try await second == model.logits(after: prompt(33, seed: 2)))
    #expect(try await answer[0].tokens == model.greedyAnswer(to: prompt(12), count: 50))
  }
}

@Suite struct PrefixCacheTests {
  private func sequence(_ number: Int, _ tokens: [Int32], cached: Int) -> Sequence {
    Sequence(id: SequenceID(number), prompt: tokens, cachedCount: cached)
  }

  @Test func whatIsCoveredGoes() throws {
    var (pool, cache) = (KVPool(pageCount: 8, pagesPerSequence: 8), PrefixCache())
    let tokens = (0..<200).map { Int32($0) }
    for number in 0..<20 {
      var next = sequence(number, tokens, cached: 0)
      try cache.serve(&next, running: [], promptsOnly: false, pool: &pool)
      #expect(next.cachedCount == (number == 0 ? 0 : 199))
      try pool.grant(200, to: next.id)
      next.markCached(upTo: 200)
      cache.add(next, pool: &pool)
      try pool.checkIntegrity()
    }
    #expect(cache.sequences.map(\.id.number) == [19])
    #expect(pool.freePageCount == 4)
  }

  /// The one with the longest common beginning serves; others keep their pages.
  @Test func theLongestBeginningServes() throws {
    var (pool, cache) = (KVPool(pageCount: 12, pagesPerSequence: 8), PrefixCache())
    let tokens = (0..<200).map { Int32($0) }
    for (number, own) in [(0, 0), (1, 100), (2, 150)] {
      let other = sequence(number, Array(tokens.prefix(own)) + [Int32](repeating: 500, count: 100), cached: own + 100)
      try pool.grant(own + 100, to: other.id)
      cache.add(other, pool: &pool)
    }
    var next = sequence(3, tokens, cached: 0)
    try cache.serve(&next, running: [], promptsOnly: false, pool: &pool)
    #expect(next.cachedCount == 150)
    #expect(cache.sequences.map(\.id.number) == [0, 1, 2])
    #expect(cache.sequences.map(\.cachedCount) == [100, 200, 128])
    #expect(cache.removeOldest()?.id.number == 0)
    try pool.checkIntegrity()
  }

  @Test func whatARunningSequenceWritesToIsNotShared() throws {
    var (pool, cache) = (KVPool(pageCount: 8, pagesPerSequence: 8), PrefixCache())
    let tokens = (0..<200).map { Int32($0) }
    let running = sequence(0, tokens, cached: 150)
    try pool.grant(150, to: running.id)
    var next = sequence(1, tokens, cached: 0)
    try cache.serve(&next, running: [running], promptsOnly: false, pool: &pool)
    #expect(next.cachedCount == 128)
    #expect(pool.pages(of: running.id).count == 3)
  }

  @Test func whereTheyRoundDifferentlyOnlyPromptsServePrompts() throws {
    var (pool, cache) = (KVPool(pageCount: 8, pagesPerSequence: 8), PrefixCache())
    var answered = sequence(0, (0..<70).map { Int32($0) }, cached: 0)
    for id in 70..<200 { answered.append(Int32(id)) }
    answered.markCached(upTo: 190)
    try pool.grant(190, to: answered.id)
    cache.add(answered, pool: &pool)
    var next = sequence(1, (0..<200).map { Int32($0) }, cached: 0)
    try cache.serve(&next, running: [], promptsOnly: true, pool: &pool)
    #expect(next.cachedCount == 70)
  }
}
