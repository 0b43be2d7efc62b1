public import Ops

/// Turns prompts into answers on a prepared program: the token loop.
///
/// Requests are served one at a time, in the order of arrival. The pages of the latest sequence stay in the pool until
/// the next request, which reuses those of the longest common prefix.
public actor Engine {
  private let prepared: any PreparedProgram
  private let logits: TensorID
  private let scheduler: Scheduler
  /// Ids below this exist.
  public nonisolated let vocabularySize: Int
  /// Ids of prompt and answer together at most.
  public nonisolated let contextLength: Int
  public private(set) var pool: KVPool
  /// The latest sequence, whose pages may serve the next.
  private var retained: Sequence?
  private var nextNumber = 0
  private var turnstile = Turnstile()
  private var chunks: ChunkPolicy

  /// - Throws: `GenerationError` where the program has no logits or the pool cannot hold the context.
  public init(_ prepared: any PreparedProgram, contextLength: Int) throws(GenerationError) {
    let limits = prepared.limits
    let capacity = min(limits.pageCount, limits.pagesPerSequence) * ExecutionLimits.pageLength
    guard let logits = prepared.program.logits else { throw GenerationError(.request, "the program has no logits") }
    guard contextLength > 1, contextLength <= capacity, limits.tokenCount > 0, limits.outputCount > 0 else {
      throw GenerationError(.request, "a context of \(contextLength) tokens does not fit a pool of \(capacity)")
    }
    self.prepared = prepared
    self.logits = logits
    self.contextLength = contextLength
    vocabularySize = prepared.program[logits].columns
    chunks = ChunkPolicy(
      secondsPerToken: prepared.assuredOperationsPerSecond.map {
        Double(prepared.program.operationsPerToken) / $0
      })
    scheduler = Scheduler(limits: limits, separatesPrompts: prepared.promptNumerics != .float32)
    pool = KVPool(pageCount: limits.pageCount, pagesPerSequence: limits.pagesPerSequence)
  }

  /// The answer to a request, id by id; ends with `.finished` or throws.
  ///
  /// Cancelling the task that reads, or dropping the stream, ends the request after the step in flight.
  public nonisolated func generate(_ request: GenerationRequest) -> AsyncThrowingStream<GenerationEvent, any Error> {
    AsyncThrowingStream { continuation in
      let task = Task {
        do {
          let summary = try await self.answer(request) { continuation.yield($0) }
          continuation.yield(.finished(summary))
          continuation.finish()
        } catch {
          continuation.finish(throwing: error)
        }
      }
      continuation.onTermination = { _ in task.cancel() }
    }
  }

  /// The logits behind the last id of `tokens`, one per id of the vocabulary.
  public func logits(after tokens: [Int32]) async throws -> [Float] {
    await enter()
    defer { turnstile.leave() }
    try check(tokens, room: 0)
    var sequence = try admit(tokens)
    do {
      while true {
        guard let outputs = try await advance(&sequence, count: 1, reading: [logits]) else { continue }
        let values = outputs.tensors[logits] ?? []
        try GenerationError.check(values)
        retained = sequence
        return values
      }
    } catch {
      pool.release(sequence.id)
      throw error
    }
  }

  /// Forgets the latest sequence and frees its pages.
  public func reset() async {
    await enter()
    defer { turnstile.leave() }
    forget()
  }

  // MARK: - The loop

  private func answer(
    _ request: GenerationRequest, emit: @Sendable (GenerationEvent) -> Void
  ) async throws -> GenerationSummary {
    await enter()
    defer { turnstile.leave() }
    try Task.checkCancellation()
    try check(request)
    var sequence = try admit(request.prompt, sampling: request.sampling)
    do {
      let summary = try await run(request, &sequence, emit: emit)
      retained = sequence
      return summary
    } catch let error as CancellationError {
      // Whatever is cached is whole: cancellation is only looked for between steps.
      retained = sequence
      throw error
    } catch {
      pool.release(sequence.id)
      throw error
    }
  }

  private func run(
    _ request: GenerationRequest, _ sequence: inout Sequence, emit: @Sendable (GenerationEvent) -> Void
  ) async throws -> GenerationSummary {
    let stops = StopConditions(
      endTokens: request.endTokens, tokenLimit: request.tokenLimit, contextLength: contextLength)
    var burst = BurstPolicy()
    var timings = GenerationTimings()
    timings.promptCount = request.prompt.count
    timings.reusedCount = sequence.cachedCount
    let clock = ContinuousClock()
    let start = clock.now
    var firstToken: ContinuousClock.Instant?
    if request.tokenLimit == 0 { return finish(&sequence, .length, timings) }
    while true {
      try Task.checkCancellation()
      var count = 1
      if firstToken != nil {
        let room = pool.reachableCapacity(of: sequence.id) - sequence.cachedCount
        count = burst.nextCount(limit: min(stops.remainingCount(for: sequence), room))
      }
      let step = try await advance(&sequence, count: count, reading: [])
      timings.stepCount += count
      guard let step else { continue }
      let ids = try sampled(step, count: count)
      if firstToken == nil {
        firstToken = clock.now
        timings.prefillSeconds = start.duration(to: clock.now).inSeconds
      } else {
        burst.record(count: count, seconds: step.seconds)
      }
      let cachedCount = sequence.cachedCount + count - 1
      for (place, id) in ids.enumerated() {
        sequence.append(id)
        timings.generatedCount += 1
        let reason = stops.reason(for: sequence)
        if reason != .stop { emit(.token(id, step.logProbabilities.isEmpty ? nil : step.logProbabilities[place][0])) }
        guard let reason else { continue }
        sequence.markCached(upTo: cachedCount)
        timings.decodeSeconds = firstToken?.duration(to: clock.now).inSeconds ?? 0
        return finish(&sequence, reason, timings)
      }
      sequence.markCached(upTo: cachedCount)
    }
  }

  private func finish(
    _ sequence: inout Sequence, _ reason: FinishReason, _ timings: GenerationTimings
  ) -> GenerationSummary {
    sequence.state = .finished(reason)
    return GenerationSummary(
      reason: reason, endToken: reason == .stop ? sequence.tokens.last : nil, timings: timings)
  }

  /// Runs the next chunk of the sequence, or `count` chained steps; nil where it had no output row.
  ///
  /// Marks what the sequence itself fed as cached, not what a chain fed beyond it.
  private func advance(
    _ sequence: inout Sequence, count: Int, reading: [TensorID]
  ) async throws -> StepOutputs? {
    guard let batch = scheduler.nextBatch([sequence], tokenCount: chunks.count), let part = batch.parts.first else {
      throw GenerationError(.request, "the sequence has nothing to run")
    }
    try pool.grant(part.positions.upperBound + count - 1, to: sequence.id)
    let inputs = try batch.inputs(sequences: [sequence.id: sequence], pool: pool, repeatCount: count)
    let outputs = try await prepared.run(inputs, reading: part.isOutput ? reading : [])
    if part.positions.upperBound <= sequence.promptCount {
      chunks.record(tokenCount: part.positions.count, seconds: outputs.seconds)
    }
    sequence.markCached(upTo: part.positions.upperBound)
    return part.isOutput ? outputs : nil
  }

  /// The ids that the device chose; it chooses -1 where logits are no numbers.
  private func sampled(_ outputs: StepOutputs, count: Int) throws(GenerationError) -> [Int32] {
    let ids = outputs.sampled.compactMap(\.first)
    for id in ids where id < 0 || Int(id) >= vocabularySize {
      throw GenerationError(.numeric, "the model gave logits that are no numbers: weights or device are at fault")
    }
    guard ids.count == count else {
      throw GenerationError(.numeric, "the device ran \(count) steps and gave \(ids.count) ids")
    }
    return ids
  }

  // MARK: - Admission

  private func check(_ request: GenerationRequest) throws(GenerationError) {
    do { try request.sampling.validate() } catch { throw GenerationError(.request, error.description) }
    for (id, bias) in request.sampling.logitBias where id < 0 || Int(id) >= vocabularySize {
      throw GenerationError(.request, "a logit bias of \(bias) for id \(id): the vocabulary has \(vocabularySize) ids")
    }
    try check(request.prompt, room: 1)
  }

  private func check(_ tokens: [Int32], room: Int) throws(GenerationError) {
    guard !tokens.isEmpty else { throw GenerationError(.request, "the prompt is empty") }
    for id in tokens where id < 0 || Int(id) >= vocabularySize {
      throw GenerationError(.request, "id \(id) is not in the vocabulary of \(vocabularySize)")
    }
    guard tokens.count + room <= contextLength else {
      throw GenerationError(
        .request,
        "the prompt has \(tokens.count) tokens, the context holds \(contextLength): shorten it, or raise --context if the model allows"
      )
    }
  }

  /// A new sequence that takes over the pages of the prefix it shares with the latest one.
  private func admit(
    _ prompt: [Int32], sampling: SamplingParameters = .greedy
  ) throws(KVPoolError) -> Sequence {
    let id = SequenceID(nextNumber)
    nextNumber += 1
    func sequence(cachedCount: Int) -> Sequence {
      Sequence(
        id: id, prompt: prompt, cachedCount: cachedCount, sampling: sampling, vocabularySize: vocabularySize)
    }
    guard let latest = retained else { return sequence(cachedCount: 0) }
    retained = nil
    // The last id is always fed: its logits are not kept.
    var shared = min(latest.cachedPrefixCount(sharedWith: prompt), prompt.count - 1)
    // What was computed as an answer has other bits than it would have in a prompt.
    if scheduler.separatesPrompts { shared = min(shared, latest.promptCount) }
    pool.trim(latest.id, toPositions: shared)
    try pool.transfer(from: latest.id, to: id)
    return sequence(cachedCount: shared)
  }

  private func forget() {
    if let retained { pool.release(retained.id) }
    retained = nil
  }

  private func enter() async {
    if turnstile.enter() { return }
    await withCheckedContinuation { turnstile.enqueue($0) }
  }
}

extension Duration {
  fileprivate var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
