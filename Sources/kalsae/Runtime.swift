import Engine
import Models
import Ops
import Tensors
import Text
import VulkanBackend
import Workbench

/// A model on a device, ready to answer.
struct Runtime {
  let loaded: LoadedModel
  let choice: BackendChoice
  let prepared: any PreparedProgram
  let engine: Engine
  /// From the files to readiness.
  let loadSeconds: Double

  static let defaultContextLength = 4096
  /// Tokens of a prompt that go in one step at most.
  private static let chunkLength = 512

  var tokenizer: Tokenizer { get throws(CommandError) { try loaded.tokenizer } }
  var model: Model { loaded.model }
  var deviceName: String { choice.backend.deviceName }

  /// Opens the device and loads the model onto it.
  ///
  /// - Parameters:
  ///   - needsTokenizer: false where only ids are computed on.
  ///   - stepwise: launches each operation by itself and records each step anew.
  ///   - sequenceCount: requests that run together at most.
  /// - Throws: `CommandError`.
  static func start(
    _ options: ModelOptions, _ device: RuntimeOptions, console: Console, needsTokenizer: Bool = true,
    stepwise: Bool = false, sequenceCount: Int = 1
  ) async throws -> Runtime {
    let start = ContinuousClock.now
    let loaded = try LoadedModel(options)
    if needsTokenizer { _ = try loaded.tokenizer }
    let limits = try limits(loaded.model, device, sequenceCount: sequenceCount)
    let choice = try await BackendChoice.open(device.device, roundsPrompts: !device.exact)
    for note in choice.notes { console.note(note) }
    var prepared: any PreparedProgram
    do {
      let program = try loaded.model.architecture.program()
      prepared = try await choice.backend.prepare(program, weights: loaded.model.weights, limits: limits)
    } catch {
      throw CommandError(error, otherwise: .input)
    }
    if stepwise, let program = prepared as? VulkanProgram { prepared = program.unfused(reusesPlans: false) }
    let contextLength = try contextLength(loaded.model, device)
    let engine = try Engine(prepared, contextLength: contextLength)
    let runtime = Runtime(
      loaded: loaded, choice: choice, prepared: prepared, engine: engine, loadSeconds: start.secondsUntilNow)
    if device.verbose { runtime.tell(console) }
    return runtime
  }

  /// Ids of prompt and answer at most.
  static func contextLength(_ model: Model, _ options: RuntimeOptions) throws(CommandError) -> Int {
    let longest = model.architecture.contextLength
    guard let context = options.context else { return min(longest, defaultContextLength) }
    guard context <= longest else {
      throw CommandError(
        .input,
        "a context of \(context) tokens is more than the \(longest) that the model was made for: ask for fewer tokens, or for a shorter --context"
      )
    }
    return context
  }

  /// What memory is planned for: `sequenceCount` sequences that fill the context.
  static func limits(
    _ model: Model, _ options: RuntimeOptions, sequenceCount: Int = 1
  ) throws(CommandError) -> ExecutionLimits {
    limits(
      contextLength: try contextLength(model, options), keyValueFormat: options.kv.format, sequenceCount: sequenceCount)
  }

  static func limits(
    contextLength: Int, keyValueFormat: BlockFormat, sequenceCount: Int = 1
  ) -> ExecutionLimits {
    let pageCount = (contextLength + ExecutionLimits.pageLength - 1) / ExecutionLimits.pageLength
    return ExecutionLimits(
      tokenCount: max(sequenceCount, min(chunkLength, contextLength)), outputCount: sequenceCount,
      sequenceCount: sequenceCount, pageCount: sequenceCount * pageCount, pagesPerSequence: pageCount,
      keyValueFormat: keyValueFormat)
  }

  private func tell(_ console: Console) {
    console.note("model: \(model.path), \(model.architecture.modelType), \(model.architecture.layerCount) layers")
    console.note("device: \(choice.reason)")
    for use in prepared.memory { console.note("memory: \(use.purpose) \(Figures.bytes(use.byteCount))") }
    console.note("context: \(engine.contextLength) tokens; loaded in \(Figures.seconds(loadSeconds))")
  }

  /// Each pipeline and what it took, where the backend has any.
  func tellPipelines(_ console: Console) async {
    guard let statistics = await (prepared as? any PlanReporting)?.planStatistics else { return }
    for pipeline in statistics.pipelines {
      console.note("pipeline: \(pipeline.name) in \(Figures.seconds(pipeline.compileSeconds))")
    }
  }
}
