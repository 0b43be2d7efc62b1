import Engine
import Foundation
import Ops
import Text

/// A streamed answer, whole or interrupted.
struct Answer: Sendable {
  /// Ids of the answer with the end token, if one came.
  var ids: [Int32] = []
  /// For each id but an end token, where they are asked for.
  var logProbabilities: [TokenLogProbabilities] = []
  var text = ""
  /// Nil where Ctrl-C ended it.
  var reason: FinishReason?
  var timings = GenerationTimings()

  var finishReason: String { reason?.rawValue ?? "interrupted" }

  /// Runs a request and hands out its text as characters become whole; Ctrl-C ends it early, twice ends the program.
  static func stream(
    _ request: GenerationRequest, engine: Engine, tokenizer: Tokenizer, emit: @escaping @Sendable (String) -> Void
  ) async throws -> Answer {
    let task = Task { try await collect(request, engine: engine, tokenizer: tokenizer, emit: emit) }
    return try await Interrupt.during({ task.cancel() }) { try await task.value }
  }

  private static func collect(
    _ request: GenerationRequest, engine: Engine, tokenizer: Tokenizer, emit: @Sendable (String) -> Void
  ) async throws -> Answer {
    var answer = Answer()
    var detokenizer = Detokenizer(tokenizer, skippingSpecial: true)
    let start = ContinuousClock.now
    var first: ContinuousClock.Instant?
    func add(_ text: String) {
      guard !text.isEmpty else { return }
      answer.text += text
      emit(text)
    }
    answer.timings.promptCount = request.prompt.count
    do {
      for try await event in engine.generate(request) {
        switch event {
        case .token(let id, let logProbabilities):
          answer.ids.append(id)
          if let logProbabilities { answer.logProbabilities.append(logProbabilities) }
          add(detokenizer.append(id))
          if first == nil { answer.timings.prefillSeconds = start.secondsUntilNow }
          first = first ?? .now
          answer.timings.generatedCount = answer.ids.count
          answer.timings.decodeSeconds = first?.secondsUntilNow ?? 0
        case .finished(let summary):
          if let end = summary.endToken { answer.ids.append(end) }
          answer.reason = summary.reason
          answer.timings = summary.timings
        }
      }
    } catch is CancellationError {
      // Ctrl-C: what came so far is the answer.
    }
    add(detokenizer.finish())
    return answer
  }
}
