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

    package init(promptCount: Int, answerCount: Int, depth: Int = 0) {
      self.promptCount = promptCount
      self.answerCount = answerCount
      self.depth = depth
    }

    /// As llama-bench names it: `pp512`, `tg128`, `pp512+tg128`, with ` @ d2048` behind a context.
    package var name: String {
      let parts = [promptCount > 0 ? "pp\(promptCount)" : nil, answerCount > 0 ? "tg\(answerCount)" : nil]
      return parts.compactMap(\.self).joined(separator: "+") + (depth > 0 ? " @ d\(depth)" : "")
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
    // The context before is the same each time, so that its pages are reused; no prompt begins as the one before.
    var context = tokens(test.depth, seed: 0)
    if test.depth > 0 { _ = try await engine.logits(after: context) }
    var nanoseconds = 0.0
    if test.promptCount > 0 {
      context += tokens(test.promptCount, seed: seed + 1)
      let start = ContinuousClock.now
      _ = try await engine.logits(after: context)
      nanoseconds += start.secondsUntilNow * 1e9
    }
    if test.answerCount > 0 { nanoseconds += try await answer(test.answerCount, after: context) }
    return nanoseconds
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
