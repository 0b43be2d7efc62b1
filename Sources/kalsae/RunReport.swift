import Engine
import Ops
import Workbench

/// What `kalsae run --json` prints.
struct RunReport: Encodable {
  struct Timings: Encodable {
    let loadSeconds: Double
    let prefillSeconds: Double
    let decodeSeconds: Double
    /// From the start of the request to the first id.
    let timeToFirstTokenSeconds: Double
    /// From the start of loading to the first id.
    let startToFirstTokenSeconds: Double
    let promptTokensPerSecond: Double
    let tokensPerSecond: Double
    let promptTokens: Int
    let generatedTokens: Int
    /// Of one decode step; absent where the backend does not plan.
    let dispatchesPerLayer: Double?
    let barriersPerLayer: Double?
    let hostAllocationsPerDecodeStep: Double?
  }

  struct Memory: Encodable {
    let purpose: String
    let bytes: Int
  }

  struct LogProbability: Encodable {
    let id: Int32
    let logprob: Float
  }

  let ids: [Int32]
  let promptIds: [Int32]
  /// For each token of the answer but its end token: its own, then those of the likeliest; absent where not asked for.
  let logprobs: [[LogProbability]]?
  let text: String
  let finishReason: String
  let device: String
  let deviceReason: String
  let seed: UInt64
  let timings: Timings
  let memory: [Memory]
  let peakMemoryBytes: Int?

  init(_ answer: Answer, request: GenerationRequest, runtime: Runtime) async {
    let statistics = await (runtime.prepared as? any PlanReporting)?.planStatistics
    ids = answer.ids
    promptIds = request.prompt
    let told = zip(answer.ids, answer.logProbabilities).map { id, told in
      [LogProbability(id: id, logprob: told.chosen)]
        + told.likeliest.map { LogProbability(id: $0.id, logprob: $0.logProbability) }
    }
    logprobs = request.sampling.likeliestCount == nil ? nil : told
    text = answer.text
    finishReason = answer.finishReason
    device = runtime.deviceName
    deviceReason = runtime.choice.reason
    seed = request.sampling.seed
    let measured = answer.timings
    timings = Timings(
      loadSeconds: runtime.loadSeconds, prefillSeconds: measured.prefillSeconds, decodeSeconds: measured.decodeSeconds,
      timeToFirstTokenSeconds: measured.prefillSeconds,
      startToFirstTokenSeconds: runtime.loadSeconds + measured.prefillSeconds,
      promptTokensPerSecond: measured.promptTokensPerSecond, tokensPerSecond: measured.tokensPerSecond,
      promptTokens: measured.promptCount, generatedTokens: measured.generatedCount,
      dispatchesPerLayer: statistics?.dispatchesPerLayer, barriersPerLayer: statistics?.barriersPerLayer,
      hostAllocationsPerDecodeStep: statistics?.hostAllocationsPerDecodeStep)
    memory = runtime.prepared.memory.map { Memory(purpose: $0.purpose, bytes: $0.byteCount) }
    peakMemoryBytes = Figures.peakMemoryByteCount()
  }

  /// Device, reason and speed in one line.
  static func line(_ answer: Answer, runtime: Runtime) -> String {
    let timings = answer.timings
    let ending = answer.reason == .stop ? "" : ", ended by \(answer.finishReason)"
    // A single id is the prompt's; there is no rate of writing yet.
    let rate = timings.generatedCount > 1 ? ", \(Figures.rate(timings.tokensPerSecond)) tokens/s" : ""
    return "\(runtime.choice.reason) · prompt \(timings.promptCount) tokens, "
      + "\(Figures.rate(timings.promptTokensPerSecond)) tokens/s · answer \(timings.generatedCount) "
      + "\(timings.generatedCount == 1 ? "token" : "tokens")\(rate)\(ending)"
  }
}
