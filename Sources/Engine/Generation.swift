import Ops

/// A request on its way through the engine: its sequence, and who waits for what comes out.
struct Generation: Sendable {
  enum Receiver: Sendable {
    case answer(AsyncThrowingStream<GenerationEvent, any Error>.Continuation)
    /// Only the logits behind the prompt.
    case logits(CheckedContinuation<[Float], any Error>)
  }

  var sequence: Sequence
  /// Whether its pages may serve others once it ends.
  var keepsPages = true
  let stops: StopConditions
  let receiver: Receiver
  let cancellation: Cancellation
  private var timings = GenerationTimings()
  private let arrival = ContinuousClock.now
  private var start: ContinuousClock.Instant?
  private var firstToken: ContinuousClock.Instant?

  init(_ sequence: Sequence, stops: StopConditions, receiver: Receiver, cancellation: Cancellation) {
    self.sequence = sequence
    self.stops = stops
    self.receiver = receiver
    self.cancellation = cancellation
    timings.promptCount = sequence.promptCount
  }

  var wantsLogits: Bool {
    if case .logits = receiver { true } else { false }
  }

  /// Chained steps that may follow at most, the next one included.
  var remainingCount: Int { wantsLogits ? 1 : max(1, stops.remainingCount(for: sequence)) }

  /// Notes that steps begin, with what the sequence has in the pool already.
  mutating func begin() {
    guard start == nil else { return }
    start = .now
    timings.reusedCount = sequence.cachedCount
    timings.waitingSeconds = arrival.secondsUntilNow
  }

  /// Its pages went to others: all is to be fed once more.
  mutating func startOver() {
    sequence.markCached(upTo: 0)
    timings.preemptionCount += 1
  }

  mutating func noteSteps(_ count: Int) { timings.stepCount += count }

  /// Appends the ids that chained steps gave and hands them on, up to one that ends the answer.
  ///
  /// - Parameter logProbabilities: of each id where they were asked for; else empty.
  mutating func take(_ ids: [Int32], _ logProbabilities: [TokenLogProbabilities?]) {
    if firstToken == nil, let start {
      firstToken = .now
      timings.prefillSeconds = start.secondsUntilNow
    }
    for (place, id) in ids.enumerated() {
      sequence.append(id)
      timings.generatedCount += 1
      let reason = stops.reason(for: sequence)
      if reason != .stop { emit(.token(id, logProbabilities.isEmpty ? nil : logProbabilities[place])) }
      guard let reason else { continue }
      timings.decodeSeconds = firstToken?.secondsUntilNow ?? 0
      return finish(reason)
    }
  }

  /// Hands on the logits behind the prompt, which ends the request.
  mutating func take(logits: [Float]) {
    if case .logits(let continuation) = receiver { continuation.resume(returning: logits) }
    sequence.state = .finished(.length)
  }

  /// Ends the answer.
  mutating func finish(_ reason: FinishReason) {
    sequence.state = .finished(reason)
    emit(
      .finished(
        GenerationSummary(reason: reason, endToken: reason == .stop ? sequence.tokens.last : nil, timings: timings)))
    if case .answer(let continuation) = receiver { continuation.finish() }
  }

  func fail(_ error: any Error) {
    switch receiver {
    case .answer(let continuation): continuation.finish(throwing: error)
    case .logits(let continuation): continuation.resume(throwing: error)
    }
  }

  private func emit(_ event: GenerationEvent) {
    if case .answer(let continuation) = receiver { continuation.yield(event) }
  }
}
