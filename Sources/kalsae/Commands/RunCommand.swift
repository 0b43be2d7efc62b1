import ArgumentParser
import Engine
import Foundation
import Models
import Ops
import Text

/// `kalsae run`: one prompt, one answer.
struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Answer one prompt and print the answer as it comes.",
    discussion: """
      The prompt is wrapped in the model's chat format; --raw leaves it as it is, for completion. The answer goes to \
      standard output, one line with device and speed to standard error.

      EXAMPLES
        kalsae run "대한민국의 수도는 어디인가요?"
        kalsae run --model ./EXAONE-3.5-2.4B-Instruct --temperature 0.7 --seed 1 "칼새에 대해 알려 줘."
        cat letter.txt | kalsae run --system "Translate to Korean." -
        kalsae run --raw --greedy --max-tokens 20 --json "The swift is a bird that"

      Without sampling options the model's own generation_config.json decides; where that says nothing, the likeliest \
      token is taken. With --json one object is printed at the end: ids, prompt_ids, text, finish_reason (stop, length, \
      context or interrupted), device, timings, memory, and with --logprobs what the model thought of each token.
      """)

  @OptionGroup var model: ModelOptions
  @OptionGroup var device: RuntimeOptions
  @OptionGroup var sampling: SamplingOptions

  @Option(name: [.short, .long], help: ArgumentHelp("What the model is told before the prompt.", valueName: "text"))
  var system: String?

  @Flag(help: "Take the prompt as it is, without the chat format.")
  var raw = false

  @Flag(help: "Print one JSON object instead of text.")
  var json = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("With --json: log-probabilities of each token and of the N likeliest, 0 to 20.", valueName: "n"))
  var logprobs: Int?

  @Argument(help: "What to answer; `-` reads standard input.")
  var prompt: String

  mutating func validate() throws {
    if logprobs != nil, !json { throw ValidationError("--logprobs is printed as JSON only: add --json") }
    do { try parameters(GenerationDefaults()).validate() } catch { throw ValidationError("\(error)") }
    if raw, system != nil { throw ValidationError("--system is part of the chat format, which --raw leaves out") }
  }

  mutating func run() async throws {
    let console = Console()
    let runtime: Runtime
    let request: GenerationRequest
    let answer: Answer
    do {
      let text = try InputText.bytes(prompt)
      runtime = try await Runtime.start(model, device, console: console)
      request = GenerationRequest(
        prompt: try promptIDs(text, runtime.loaded), sampling: parameters(runtime.model.generation),
        endTokens: sampling.ignoreEos ? [] : Set(runtime.model.endTokens), tokenLimit: sampling.maxTokens)
      let isStreaming = !json
      answer = try await Answer.stream(request, engine: runtime.engine, tokenizer: try runtime.tokenizer) {
        if isStreaming { console.write($0) }
      }
    } catch {
      throw CommandError(error, otherwise: .device)
    }
    if device.verbose { await runtime.tellPipelines(console) }
    if json {
      try console.writeJSON(await RunReport(answer, request: request, runtime: runtime))
    } else {
      if !answer.text.hasSuffix("\n") { console.write("\n") }
      console.note(RunReport.line(answer, runtime: runtime))
    }
    if answer.reason == nil { throw ExitCode(ExitStatus.interrupted.rawValue) }
  }

  private func parameters(_ defaults: GenerationDefaults) -> SamplingParameters {
    var parameters = sampling.parameters(defaults)
    parameters.likeliestCount = logprobs
    return parameters
  }

  private func promptIDs(_ text: [UInt8], _ loaded: LoadedModel) throws(CommandError) -> [Int32] {
    if raw { return try loaded.tokenizer.encode(text) }
    // A shell's echo ends the text with a line break that nobody means.
    let content = String(decoding: text.last == UInt8(ascii: "\n") ? text.dropLast() : text, as: UTF8.self)
    var messages = [ChatMessage(role: .user, content: content)]
    if let system { messages.insert(ChatMessage(role: .system, content: system), at: 0) }
    return try loaded.chatFormat().encode(messages, tokenizer: try loaded.tokenizer)
  }
}
