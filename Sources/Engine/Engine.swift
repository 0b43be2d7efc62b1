public import Ops

/// Turns prompts into answers on a prepared program: the token loop.
///
/// As many requests run together as memory is planned for, a step for all of them at a time; others wait in the order of
/// arrival. What a request gets does not depend on its company. The pages of finished sequences stay in the pool until
/// others need them, and serve requests that begin alike.
public actor Engine {
  private let prepared: any PreparedProgram
  private let logits: TensorID
  private let scheduler: Scheduler
  /// Ids below this exist.
  public nonisolated let vocabularySize: Int
  /// Ids of prompt and answer together at most.
  public nonisolated let contextLength: Int
  public private(set) var pool: KVPool
  private var waiting: [Generation] = []
  private var running: [Generation] = []
  private var prefixes = PrefixCache()
  private var nextNumber = 0
  private var isRunning = false
  private var chunks: ChunkPolicy
  private var bursts = BurstPolicy()
  private var previous: Batch?

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
  /// Cancelling the task that reads, or dropping the stream, ends the request after the step in flight; such a reader gets neither.
  public nonisolated func generate(_ request: GenerationRequest) -> AsyncThrowingStream<GenerationEvent, any Error> {
    AsyncThrowingStream { continuation in
      let cancellation = Cancellation()
      continuation.onTermination = { _ in cancellation.cancel() }
      Task {
        do {
          try await self.check(request)
          await self.start(request, receiver: .answer(continuation), cancellation: cancellation)
        } catch {
          continuation.finish(throwing: error)
        }
      }
    }
  }

  /// The logits behind the last id of `tokens`, one per id of the vocabulary.
  public func logits(after tokens: [Int32]) async throws -> [Float] {
    try check(tokens, room: 0)
    let cancellation = Cancellation()
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation {
        start(GenerationRequest(prompt: tokens), receiver: .logits($0), cancellation: cancellation)
      }
    } onCancel: {
      cancellation.cancel()
    }
  }

  /// Forgets finished sequences and frees their pages; those that run are forgotten once they end.
  public func reset() {
    prefixes.removeAll(pool: &pool)
    for index in running.indices { running[index].keepsPages = false }
  }

  private func start(_ request: GenerationRequest, receiver: Generation.Receiver, cancellation: Cancellation) {
    let sequence = Sequence(
      id: SequenceID(nextNumber), prompt: request.prompt, sampling: request.sampling, vocabularySize: vocabularySize)
    nextNumber += 1
    let stops = StopConditions(
      endTokens: request.endTokens, tokenLimit: request.tokenLimit, contextLength: contextLength)
    var generation = Generation(sequence, stops: stops, receiver: receiver, cancellation: cancellation)
    if request.tokenLimit == 0 { return generation.finish(.length) }
    waiting.append(generation)
    guard !isRunning else { return }
    isRunning = true
    Task { await loop() }
  }

  /// Requests that have no place yet.
  package var waitingCount: Int { waiting.count }

  // MARK: - The loop

  private func loop() async {
    while true {
      dropCancelled()
      admit()
      guard let (batch, count) = nextStep() else { break }
      await run(batch, count: count)
    }
    isRunning = false
    // Nothing runs and nothing may: books that do not add up must not leave anybody waiting.
    for generation in waiting { generation.fail(GenerationError(.request, "the pool has no pages for the request")) }
    waiting = []
  }

  /// Whatever is cached is whole: nothing is in flight between steps.
  private func dropCancelled() {
    // Others may cancel at any time: whoever is dropped is dropped everywhere.
    let dropped = (waiting + running).filter(\.cancellation.isCancelled)
    guard !dropped.isEmpty else { return }
    let ids = Set(dropped.map(\.sequence.id))
    for generation in dropped { generation.fail(CancellationError()) }
    waiting.removeAll { ids.contains($0.sequence.id) }
    retire { ids.contains($0.sequence.id) }
  }

  /// Ends what runs and fulfils `isOver`; its pages stay for requests that begin alike.
  private func retire(_ isOver: (Generation) -> Bool) {
    for generation in running where isOver(generation) {
      if generation.keepsPages {
        prefixes.add(generation.sequence, promptsOnly: scheduler.separatesPrompts, pool: &pool)
      } else {
        pool.release(generation.sequence.id)
      }
    }
    running.removeAll(where: isOver)
  }

  /// Lets waiting requests run while there is room for their prompts, beside the next page of each that runs.
  private func admit() {
    let limits = prepared.limits
    func missingPageCount(_ sequence: Sequence) -> Int {
      pool.missingPageCount(for: sequence.tokens.count + 1, of: sequence.id)
    }
    while running.count < min(limits.sequenceCount, limits.outputCount, limits.tokenCount), var next = waiting.first {
      let promised = running.reduce(0) { $0 + missingPageCount($1.sequence) + 1 }
      let free = pool.freePageCount(without: prefixes.sequences.map(\.id)) - promised
      guard running.isEmpty || missingPageCount(next.sequence) <= free else { return }
      waiting.removeFirst()
      do throws(KVPoolError) {
        try prefixes.serve(
          &next.sequence, running: running.map(\.sequence), promptsOnly: scheduler.separatesPrompts, pool: &pool)
        next.begin()
        running.append(next)
      } catch {
        next.fail(error)
      }
    }
  }

  /// What to run next and how often in a row, its pages granted; nil where nothing is pending.
  ///
  /// Where pages do not suffice, finished sequences give theirs, the oldest first, then the latest request, which starts over.
  private func nextStep() -> (batch: Batch, count: Int)? {
    while true {
      let sequences = running.map(\.sequence)
      guard let batch = scheduler.nextBatch(sequences, promptCount: chunks.count, after: previous) else { return nil }
      bursts.begin(batch.parts.map(\.sequence))
      let remaining = batch.parts.compactMap { index(of: $0.sequence).map { running[$0].remainingCount } }
      for count in [batch.mayRepeat ? bursts.nextCount(limit: remaining.min() ?? 1) : 1, 1] {
        if grantPages(batch, count: count) { return (batch, count) }
      }
      guard var latest = running.popLast() else { return nil }
      pool.release(latest.sequence.id)
      latest.startOver()
      waiting.insert(latest, at: 0)
    }
  }

  private func grantPages(_ batch: Batch, count: Int) -> Bool {
    let ends = batch.parts.map { (id: $0.sequence, end: $0.positions.upperBound + count - 1) }
    let missing = ends.reduce(0) { $0 + pool.missingPageCount(for: $1.end, of: $1.id) }
    if missing > pool.freePageCount {
      guard missing <= pool.freePageCount(without: prefixes.sequences.map(\.id)) else { return false }
      prefixes.freePages(missing, pool: &pool)
    }
    return ends.allSatisfy { end in (try? pool.grant(end.end, to: end.id)) != nil }
  }

  private func run(_ batch: Batch, count: Int) async {
    let ids = Set(batch.parts.map(\.sequence))
    do {
      let sequences = Dictionary(uniqueKeysWithValues: running.map { ($0.sequence.id, $0.sequence) })
      let inputs = try batch.inputs(sequences: sequences, pool: pool, repeatCount: count)
      let outputIDs = Set(batch.parts.filter(\.isOutput).map(\.sequence))
      let readsLogits = running.contains { $0.wantsLogits && outputIDs.contains($0.sequence.id) }
      let outputs = try await prepared.run(inputs, reading: readsLogits ? [logits] : [])
      previous = batch
      note(batch, count: count, seconds: outputs.seconds)
      distribute(outputs, of: batch, count: count)
    } catch {
      fail(error) { ids.contains($0.sequence.id) }
    }
    retire { $0.sequence.state != .running }
  }

  private func index(of id: SequenceID) -> Int? { running.firstIndex { $0.sequence.id == id } }

  private func fail(_ error: any Error, _ isHit: (Generation) -> Bool) {
    for generation in running where isHit(generation) {
      pool.release(generation.sequence.id)
      generation.fail(error)
    }
    running.removeAll(where: isHit)
  }

  /// What steps took decides how long the next ones may be.
  private func note(_ batch: Batch, count: Int, seconds: Double) {
    let prompts = batch.parts.filter { part in
      index(of: part.sequence).map { part.positions.upperBound <= running[$0].sequence.promptCount } == true
    }
    let fed = prompts.reduce(0) { $0 + $1.positions.count }
    if fed > 0 {
      chunks.record(tokenCount: fed, isWhole: batch.isFull, seconds: seconds)
    } else if batch.mayRepeat {
      bursts.record(count: count, seconds: seconds)
    }
  }

  /// Hands results to the requests that they are of. A burst that ends an answer may have fed ids beyond its end, which do not
  /// count.
  private func distribute(_ outputs: StepOutputs, of batch: Batch, count: Int) {
    var output = 0
    for part in batch.parts {
      guard let index = index(of: part.sequence) else { continue }
      running[index].noteSteps(count)
      running[index].sequence.markCached(upTo: part.positions.upperBound)
      guard part.isOutput else { continue }
      defer { output += 1 }
      do throws(GenerationError) {
        if running[index].wantsLogits {
          let values = Array((outputs.tensors[logits] ?? []).dropFirst(output * vocabularySize).prefix(vocabularySize))
          try GenerationError.check(values)
          running[index].take(logits: values)
        } else {
          let ids = try ids(of: output, in: outputs, count: count)
          running[index].take(ids, outputs.logProbabilities.map { $0[output] })
          running[index].sequence.markCached(upTo: part.positions.upperBound + ids.count - 1)
        }
      } catch {
        fail(error) { $0.sequence.id == part.sequence }
      }
    }
  }

  /// The ids that the device chose for one output row; it chooses -1 where logits are no numbers, and may end a burst there.
  private func ids(
    of output: Int, in outputs: StepOutputs, count: Int
  ) throws(GenerationError) -> [Int32] {
    let ids = outputs.sampled.row(output)
    for id in ids where id < 0 || Int(id) >= vocabularySize {
      throw GenerationError(.numeric, "the model gave logits that are no numbers: weights or device are at fault")
    }
    let isCut = outputs.sampled.ids.contains(-1)
    guard ids.count == count || isCut && !ids.isEmpty else {
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
}
