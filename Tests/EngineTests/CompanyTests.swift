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

  /// The first is held in its fifth step until the second has come.
  @Test func aBeginningIsSharedWithARequestThatRuns() async throws {
    let reached = AsyncStream.makeStream(of: Void.self)
    let go = AsyncStream.makeStream(of: Void.self)
    let model = ScriptedProgram(
      pageCount: 20, tokenCount: 256, sequenceCount: 2,
      beforeStep: { number in
        guard number == 6 else { return }
        reached.continuation.yield()
        for await _ in go.stream { break }
      })
    let engine = try Engine(model, contextLength: 512)
    let first = prompt(150)
    let second = Array(first.prefix(140)) + prompt(20, seed: 3)
    async let running = answers(engine, [first], count: 60)
    for await _ in reached.stream { break }
    async let joining = answers(engine, [second], count: 10)
    while await engine.waitingCount == 0 { await Task.yield() }
    go.continuation.yield()
    let found = try await joining[0]
    #expect(found.tokens == model.greedyAnswer(to: second, count: 10))
    #expect(found.timings.reusedCount == 128)
    #expect(try await running[0].tokens == model.greedyAnswer(to: first, count: 60))
    try await engine.pool.checkIntegrity()
  }

  @Test func whatADeviceFailsAtEndsThoseThatRanOnly() async throws {
    let model = ScriptedProgram(pageCount: 20, tokenCount: 16, sequenceCount: 2, failingStep: 6)
    let engine = try Engine(model, contextLength: 256)
    let failedCount = await withTaskGroup(of: Bool.self) { group in
      for seed in 0..<5 {
        group.addTask {
          guard let found = try? await answers(engine, [prompt(9, seed: seed)], count: 30) else { return true }
          #expect(found[0].tokens == model.greedyAnswer(to: prompt(9, seed: seed), count: 30))
          return false
        }
      }
      return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
    }
    #expect((1...2).contains(failedCount))
    try await engine.pool.checkIntegrity()
    await engine.reset()
    #expect(await engine.pool.freePageCount == 20)
  }

  /// A burst ends where one of its rows has no numbers; the others go on from there.
  @Test func logitsThatAreNoNumbersEndOneRequestOnly() async throws {
    let model = ScriptedProgram(pageCount: 20, tokenCount: 16, sequenceCount: 3, brokenID: 7)
    let engine = try Engine(model, contextLength: 256)
    let broken = Task { try await answers(engine, [prompt(9, seed: 7)], count: 40).count }
    let healthy = [prompt(9), prompt(11, seed: 1)]
    #expect(
      try await answers(engine, healthy, count: 40).map(\.tokens)
        == healthy.map { model.greedyAnswer(to: $0, count: 40) })
    let error = await #expect(throws: GenerationError.self) { _ = try await broken.value }
    #expect(error?.kind == .numeric)
    await engine.reset()
    #expect(await engine.pool.freePageCount == 20)
  }

  /// Whoever cancels in the middle of it: nobody waits for ever, and no page is lost.
  @Test(arguments: 0..<30) func cancellingSomeLeavesTheOthers(seed: Int) async throws {
    let model = ScriptedProgram(pageCount: 20, tokenCount: 16, sequenceCount: 3)
    let engine = try Engine(model, contextLength: 512)
    let dropped = (0..<4).map { number in
      Task {
        if number.isMultiple(of: 2) { return try await engine.logits(after: prompt(60, seed: number)).count }
        for try await _ in engine.generate(GenerationRequest(prompt: prompt(9, seed: number))) where seed % 3 == 0 {
          break
        }
        return 0
      }
    }
    async let kept = answers(engine, [prompt(9), prompt(30)], count: 60)
    for (number, task) in dropped.enumerated() {
      for _ in 0..<(seed * (number + 1)) { await Task.yield() }
      task.cancel()
    }
    #expect(try await kept.map(\.tokens) == [prompt(9), prompt(30)].map { model.greedyAnswer(to: $0, count: 60) })
    for task in dropped { _ = await task.result }
    // Whoever is cancelled is noticed before the next step.
    _ = try await engine.logits(after: prompt(3))
    await engine.reset()
    #expect(await engine.pool.freePageCount == 20)
    try await engine.pool.checkIntegrity()
  }

  @Test func aResetForgetsWhatRunsToo() async throws {
    let reached = AsyncStream.makeStream(of: Void.self)
    let go = AsyncStream.makeStream(of: Void.self)
    let model = ScriptedProgram(beforeStep: { number in
      guard number == 3 else { return }
      reached.continuation.yield()
      for await _ in go.stream { break }
    })
    let engine = try Engine(model, contextLength: 256)
    async let answer = answers(engine, [prompt(20)], count: 20)
    for await _ in reached.stream { break }
    await engine.reset()
    go.continuation.yield()
    _ = try await answer
    #expect(await engine.pool.freePageCount == 4)
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
      cache.add(next, promptsOnly: false, pool: &pool)
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
      cache.add(other, promptsOnly: false, pool: &pool)
    }
    var next = sequence(3, tokens, cached: 0)
    try cache.serve(&next, running: [], promptsOnly: false, pool: &pool)
    // Two full pages; the third has more of the other behind it.
    #expect(next.cachedCount == 128)
    #expect(cache.sequences.map(\.id.number) == [0, 1, 2])
    #expect(cache.sequences.map(\.cachedCount) == [100, 200, 250])
    try pool.checkIntegrity()
  }

  @Test func theOldestGiveTheirEndsFirst() throws {
    var (pool, cache) = (KVPool(pageCount: 6, pagesPerSequence: 8), PrefixCache())
    for number in 0..<2 {
      let other = sequence(number, [Int32](repeating: Int32(number), count: 150), cached: 150)
      try pool.grant(150, to: other.id)
      cache.add(other, promptsOnly: false, pool: &pool)
    }
    cache.freePages(2, pool: &pool)
    #expect(pool.freePageCount == 2 && cache.sequences.map(\.cachedCount) == [64, 150])
    cache.freePages(4, pool: &pool)
    #expect(pool.freePageCount == 4 && cache.sequences.map(\.cachedCount) == [128])
    cache.removeAll(pool: &pool)
    #expect(pool.freePageCount == 6 && cache.sequences.isEmpty)
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
    cache.add(answered, promptsOnly: true, pool: &pool)
    var next = sequence(1, (0..<200).map { Int32($0) }, cached: 0)
    try cache.serve(&next, running: [], promptsOnly: true, pool: &pool)
    // Of 70 ids of its prompt those on full pages.
    #expect(next.cachedCount == 64)
  }
}
