package import Engine
import Ops

/// Measures whole models as people feel them: prompts, answers, both, each behind a context that is there already.
package struct ModelBench: Sendable {
  /// One thing to time.
  package struct Test: Sendable, Hashable {
    /// Tokens of a prompt, and tokens of an answer; one of them may be 0.
    package let promptCount: Int
    package let answerCount: Int
    /// Tokens that the context holds before.
    package let depth: Int
    /// How many run at once; several need an answer.
    package let streamCount: Int

    package init(promptCount: Int, answerCount: Int, depth: Int = 0, streamCount: Int = 1) {
      self.promptCount = promptCount
      self.answerCount = answerCount
      self.depth = depth
      self.streamCount = streamCount
    }

    package var name: String {
      ModelBenchRow.test(
        promptLength: promptCount, generatedLength: answerCount, depth: depth, streamCount: streamCount)
    }
  }

  private let engine: Engine
  private let vocabularySize: Int

  /// - Parameter engine: of a context that holds the longest test.
  package init(_ engine: Engine) {
    self.engine = engine
    vocabularySize = engine.vocabularySize
  }

  /// Nanoseconds of each repetition.
  ///
  /// - Parameter warmsUp: whether one that does not count goes before.
  package func samples(_ test: Test, repetitions: Int, warmsUp: Bool = true) async throws -> [Double] {
    if warmsUp { _ = try await time(test, seed: 0) }
    var samples: [Double] = []
    for repetition in 0..<repetitions {
      try Task.checkCancellation()
      samples.append(try await time(test, seed: UInt64(repetition + 1)))
    }
    return samples
  }

  private func time(_ test: Test, seed: UInt64) async throws -> Double {
    // The contexts before are the same each time, so that their pages are reused; no prompt begins as the one before.
    var contexts = (0..<test.streamCount).map { tokens(test.depth, seed: UInt64($0)) }
    if test.depth > 0 {
      for context in contexts { _ = try await engine.logits(after: context) }
    }
    var nanoseconds = 0.0
    if test.promptCount > 0 {
      for index in contexts.indices {
        contexts[index] += tokens(test.promptCount, seed: (seed + 1) * UInt64(test.streamCount) + UInt64(index))
      }
      nanoseconds += try await atOnce(contexts) { context in
        let start = ContinuousClock.now
        _ = try await engine.logits(after: context)
        return start.secondsUntilNow * 1e9
      }
    }
    if test.answerCount > 0 {
      nanoseconds += try await atOnce(contexts) { try await answer(test.answerCount, after: $0) }
    }
    return nanoseconds
  }

  /// The longest of the times that `body` gives.
  private func atOnce(
    _ contexts: [[Int32]], _ body: @escaping @Sendable ([Int32]) async throws -> Double
  ) async throws -> Double {
    try await withThrowingTaskGroup(of: Double.self) { group in
      for context in contexts { group.addTask { try await body(context) } }
      return try await group.reduce(0, max)
    }
  }

  /// The time of `count` tokens after the first, which belongs to the prompt.
  private func answer(_ count: Int, after context: [Int32]) async throws -> Double {
    let prompt = context.isEmpty ? [0] : context
    let request = GenerationRequest(prompt: prompt, tokenLimit: count + 1)
    for try await event in engine.generate(request) {
      if case .finished(let summary) = event { return summary.timings.decodeSeconds * 1e9 }
    }
    throw ProgramError("the answer ended without a summary")
  }

  /// Random ids, the first another for each seed.
  private func tokens(_ count: Int, seed: UInt64) -> [Int32] {
    var generator = SeededGenerator(seed: seed)
    return (0..<count).map { index in
      Int32((index == 0 ? seed : generator.next()) % UInt64(vocabularySize))
    }
  }
}
