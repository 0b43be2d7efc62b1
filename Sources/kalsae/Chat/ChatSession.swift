import Engine
import Models
import Ops
import Text
import Workbench

/// A conversation with a model, without a face.
struct ChatSession {
  let runtime: Runtime
  private let sampling: SamplingOptions
  private let parameters: SamplingParameters
  private let format: ChatFormat
  private(set) var system: String?
  private var messages: [ChatMessage] = []
  /// The latest answer.
  private(set) var latest: Answer?
  private var turnCount: UInt64 = 0

  /// - Throws: `CommandError` where the model has no known chat format.
  init(_ runtime: Runtime, sampling: SamplingOptions, system: String?) throws(CommandError) {
    self.runtime = runtime
    self.sampling = sampling
    self.system = system
    parameters = sampling.parameters(runtime.model.generation)
    format = try runtime.loaded.chatFormat()
  }

  /// Sends a message and streams the answer; Ctrl-C keeps what came so far.
  ///
  /// - Throws: what the engine throws; the message is then not part of the conversation.
  mutating func send(_ text: String, emit: @escaping @Sendable (String) -> Void) async throws -> Answer {
    let asked = messages + [ChatMessage(role: .user, content: text)]
    let told = system.map { [ChatMessage(role: .system, content: $0)] } ?? []
    var sampled = parameters
    // Every turn draws other numbers; the same seed still gives the same conversation.
    sampled.seed &+= turnCount
    turnCount += 1
    let request = GenerationRequest(
      prompt: format.encode(told + asked, tokenizer: try runtime.tokenizer), sampling: sampled,
      endTokens: sampling.ignoreEos ? [] : Set(runtime.model.endTokens), tokenLimit: sampling.maxTokens)
    let answer = try await Answer.stream(request, engine: runtime.engine, tokenizer: try runtime.tokenizer, emit: emit)
    messages = asked + [ChatMessage(role: .assistant, content: answer.text)]
    latest = answer
    return answer
  }

  /// Forgets the conversation.
  mutating func reset() async {
    messages = []
    latest = nil
    await runtime.engine.reset()
  }

  /// Sets what the model is told first, nothing where `text` is empty, and forgets the conversation.
  mutating func setSystem(_ text: String) async {
    system = text.isEmpty ? nil : text
    await reset()
  }

  /// Device, speed and context in a few lines.
  var statistics: String {
    var lines = [runtime.choice.reason]
    if let latest {
      let timings = latest.timings
      let used = timings.promptCount + timings.generatedCount
      lines.append(
        "prompt \(timings.promptCount) tokens, \(timings.reusedCount) of them known, first token after "
          + "\(Figures.seconds(timings.prefillSeconds))")
      lines.append("answer \(timings.generatedCount) tokens, \(Figures.rate(timings.tokensPerSecond)) tokens/s")
      lines.append("context \(used) of \(runtime.engine.contextLength) tokens")
    } else {
      lines.append("context \(runtime.engine.contextLength) tokens, nothing said yet")
    }
    if let peak = Figures.peakMemoryByteCount() { lines.append("peak memory \(Figures.bytes(peak))") }
    return lines.joined(separator: "\n")
  }

  static let help = """
    /system TEXT  what the model is told first; starts anew
    /reset        starts anew
    /stats        device, speed and how full the context is
    /exit         leaves, as Ctrl-D does
    """
}
