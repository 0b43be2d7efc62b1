import Engine
import Ops
import Testing

private func sequence(_ number: Int, prompt: Int, cached: Int) -> Sequence {
  Sequence(id: SequenceID(number), prompt: (0..<prompt).map { Int32($0) }, cachedCount: cached)
}

private func limits(_ tokens: Int, outputs: Int = 4, sequences: Int = 4) -> ExecutionLimits {
  ExecutionLimits(
    tokenCount: tokens, outputCount: outputs, sequenceCount: sequences, pageCount: 64, pagesPerSequence: 16)
}

@Suite struct SchedulerTests {
  @Test func nothingPendingGivesNoBatch() {
    let scheduler = Scheduler(limits: limits(8))
    var finished = sequence(0, prompt: 5, cached: 0)
    finished.state = .finished(.stop)
    #expect(scheduler.nextBatch([]) == nil)
    #expect(scheduler.nextBatch([finished, sequence(1, prompt: 5, cached: 5)]) == nil)
  }

  @Test func decodingGoesBeforePrefillAndPromptsFillTheRest() {
    let scheduler = Scheduler(limits: limits(8))
    let batch = scheduler.nextBatch([sequence(0, prompt: 20, cached: 0), sequence(1, prompt: 9, cached: 8)])
    #expect(
      batch?.parts == [
        Batch.Part(sequence: SequenceID(1), positions: 8..<9, isOutput: true),
        Batch.Part(sequence: SequenceID(0), positions: 0..<7, isOutput: false),
      ])
    #expect(batch?.mayRepeat == false)
  }

  @Test func promptsThatOthersWaitForGetAQuarter() throws {
    let answer = answering(1, prompt: 9)
    for separatesPrompts in [false, true] {
      let scheduler = Scheduler(limits: limits(64), separatesPrompts: separatesPrompts)
      let alone = try #require(scheduler.nextBatch([sequence(0, prompt: 90, cached: 0)], promptCount: 32))
      #expect(alone.tokenCount == 32 && alone.isFull)
      let both = [sequence(0, prompt: 90, cached: 0), answer]
      let first = try #require(scheduler.nextBatch(both, promptCount: 32, after: Batch(parts: [], isPrompt: false)))
      #expect(first.parts.last?.positions == 0..<8 && first.isFull)
      #expect(first.parts.count == (separatesPrompts ? 1 : 2))
      let end = try #require(scheduler.nextBatch([sequence(0, prompt: 90, cached: 85)], promptCount: 32))
      #expect(end.tokenCount == 5 && !end.isFull)
    }
  }

  @Test func whatIsFedAgainIsHeldShort() throws {
    var again = sequence(0, prompt: 10, cached: 10)
    for id in 0..<200 { again.append(Int32(id)) }
    let scheduler = Scheduler(limits: limits(512), separatesPrompts: true)
    #expect(scheduler.nextBatch([again], promptCount: 512)?.tokenCount == 64)
  }

  @Test func aPromptWithoutAnOutputRowStopsBeforeItsEnd() {
    let scheduler = Scheduler(limits: limits(8, outputs: 1))
    let batch = scheduler.nextBatch([sequence(0, prompt: 3, cached: 0), sequence(1, prompt: 9, cached: 8)])
    #expect(batch?.parts.map(\.isOutput) == [true, false])
    #expect(batch?.parts.map(\.positions) == [8..<9, 0..<2])
  }

  @Test func onlyDecodingRowsMayRepeat() {
    let scheduler = Scheduler(limits: limits(8))
    #expect(
      scheduler.nextBatch([sequence(0, prompt: 9, cached: 8), sequence(1, prompt: 3, cached: 2)])?.mayRepeat == true)
    #expect(scheduler.nextBatch([sequence(0, prompt: 9, cached: 7)])?.mayRepeat == false)
  }

  /// One that has read its prompt and given an id.
  private func answering(_ number: Int, prompt: Int) -> Sequence {
    var sequence = sequence(number, prompt: prompt, cached: prompt)
    sequence.append(7)
    return sequence
  }

  @Test func whereTheyRoundDifferentlyPromptsAndAnswersTakeTurns() throws {
    let scheduler = Scheduler(limits: limits(8), separatesPrompts: true)
    let sequences = [sequence(0, prompt: 20, cached: 0), answering(1, prompt: 9)]
    let first = try #require(scheduler.nextBatch(sequences))
    #expect(first.parts.map(\.sequence.number) == [1] && !first.isPrompt)
    let second = try #require(scheduler.nextBatch(sequences, after: first))
    #expect(second.parts.map(\.positions) == [0..<8] && second.isPrompt && !second.mayRepeat)
    #expect(scheduler.nextBatch(sequences, after: second)?.isPrompt == false)
    #expect(scheduler.nextBatch([sequences[0]], after: second)?.isPrompt == true)
    #expect(scheduler.nextBatch([sequences[1]], after: first)?.isPrompt == false)
    #expect(Scheduler(limits: limits(8)).nextBatch(sequences)?.parts.count == 2)
  }

  @Test func aPromptWithAnAnswerBehindItIsFedToItsEndFirst() throws {
    var replayed = sequence(0, prompt: 5, cached: 2)
    for id in 0..<3 { replayed.append(Int32(id)) }
    let scheduler = Scheduler(limits: limits(8), separatesPrompts: true)
    let batch = try #require(scheduler.nextBatch([replayed]))
    #expect(batch.parts == [Batch.Part(sequence: replayed.id, positions: 2..<5, isOutput: false)] && batch.isPrompt)
    replayed.markCached(upTo: 5)
    let rest = try #require(scheduler.nextBatch([replayed], after: batch))
    #expect(rest.parts == [Batch.Part(sequence: replayed.id, positions: 5..<8, isOutput: true)] && !rest.isPrompt)
  }

  @Test func inputsNameRowsPositionsAndPages() throws {
    var pool = KVPool(pageCount: 8, pagesPerSequence: 4)
    let sequences = [sequence(4, prompt: 70, cached: 69), sequence(2, prompt: 3, cached: 0)]
    try pool.grant(72, to: SequenceID(4))
    try pool.grant(3, to: SequenceID(2))
    let batch = try #require(Scheduler(limits: limits(8)).nextBatch(sequences))
    let byID = Dictionary(uniqueKeysWithValues: sequences.map { ($0.id, $0) })
    let inputs = try batch.inputs(sequences: byID, pool: pool)
    #expect(
      inputs
        == StepInputs(
          tokens: [69, 0, 1, 2], positions: [69, 0, 1, 2], sequences: [0, 1, 1, 1], pageTables: [[0, 1], [2]],
          outputRows: [0, 3], sampling: [.greedy, .greedy], histories: [TokenHistory(), TokenHistory()]))
    #expect(throws: KVPoolError.self) { try batch.inputs(sequences: [:], pool: pool) }
    #expect(throws: KVPoolError.self) { try batch.inputs(sequences: byID, pool: pool, repeatCount: 63) }
  }

  @Test(arguments: 0..<20) func everySeededMixOfRequestsIsServedWithinLimits(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let limits = limits(
      Int.random(in: 1...32, using: &random), outputs: Int.random(in: 1...4, using: &random),
      sequences: Int.random(in: 1...6, using: &random))
    let scheduler = Scheduler(limits: limits)
    var pool = KVPool(pageCount: limits.pageCount, pagesPerSequence: limits.pagesPerSequence)
    var sequences: [Sequence] = []
    var wanted: [SequenceID: Int] = [:]
    var next = 0
    var stepCount = 0
    while stepCount < 400 || !sequences.isEmpty {
      stepCount += 1
      try #require(stepCount < 5000, "seed \(seed): requests starve")
      if stepCount < 400, sequences.count < 8, Int.random(in: 0..<3, using: &random) == 0 {
        sequences.append(sequence(next, prompt: Int.random(in: 1...90, using: &random), cached: 0))
        wanted[SequenceID(next)] = Int.random(in: 1...40, using: &random)
        next += 1
      }
      if !sequences.isEmpty, Int.random(in: 0..<40, using: &random) == 0 {
        pool.release(sequences.remove(at: Int.random(in: 0..<sequences.count, using: &random)).id)
      }
      guard let batch = scheduler.nextBatch(sequences) else { continue }
      #expect(batch.tokenCount <= limits.tokenCount)
      #expect(batch.parts.count <= limits.sequenceCount)
      #expect(batch.parts.count { $0.isOutput } <= limits.outputCount)
      for part in batch.parts { try pool.grant(part.positions.upperBound, to: part.sequence) }
      try pool.checkIntegrity()
      let inputs = try batch.inputs(
        sequences: Dictionary(uniqueKeysWithValues: sequences.map { ($0.id, $0) }), pool: pool)
      #expect(inputs.tokens.count == batch.tokenCount)
      for part in batch.parts {
        let index = try #require(sequences.firstIndex { $0.id == part.sequence })
        #expect(part.positions.lowerBound == sequences[index].cachedCount)
        sequences[index].markCached(upTo: part.positions.upperBound)
        guard part.isOutput else { continue }
        sequences[index].append(7)
        guard sequences[index].answer.count == wanted[part.sequence] else { continue }
        pool.release(part.sequence)
        sequences.remove(at: index)
      }
    }
    #expect(pool.freePageCount == pool.pageCount)
  }
}
