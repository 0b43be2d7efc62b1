import Engine
import Ops
import Synchronization

/// A program whose answers are known: it keeps the fed ids in its pages and computes logits from what it finds there.
///
/// A wrong page table, position or reuse of a prefix therefore changes the answer. Where it rounds prompts, so does whether
/// an id was fed as part of a prompt.
final class ScriptedProgram: PreparedProgram {
  static let vocabularySize = 50
  /// Added to the hash of the context, so that tests can vary the model.
  let salt: UInt64
  let program: Program
  let limits: ExecutionLimits
  let promptNumerics: Numerics
  let memory: [MemoryUse] = []
  private let state: Mutex<State>

  private struct State {
    var pages: [[Int32]]
    var steps: [StepInputs] = []
  }

  /// What goes wrong, and at which step.
  enum Fault: Error { case lost }
  let failingStep: Int?
  let nonFiniteStep: Int?
  /// A sequence that begins with this id has no numbers from position 20 on.
  let brokenID: Int32?
  /// Runs before each step with its number.
  let beforeStep: (@Sendable (Int) async -> Void)?

  init(
    pageCount: Int = 4, tokenCount: Int = 8, sequenceCount: Int = 1, salt: UInt64 = 0, failingStep: Int? = nil,
    nonFiniteStep: Int? = nil, brokenID: Int32? = nil,
    promptNumerics: Numerics = .float32,
    beforeStep: (@Sendable (Int) async -> Void)? = nil
  ) {
    var program = Program()
    program.setLogits(program.input("logits", rows: .outputs, columns: Self.vocabularySize))
    self.program = program
    self.salt = salt
    self.promptNumerics = promptNumerics
    self.failingStep = failingStep
    self.nonFiniteStep = nonFiniteStep
    self.brokenID = brokenID
    self.beforeStep = beforeStep
    limits = ExecutionLimits(
      tokenCount: tokenCount, outputCount: sequenceCount, sequenceCount: sequenceCount, pageCount: pageCount,
      pagesPerSequence: pageCount)
    state = Mutex(
      State(pages: Array(repeating: Array(repeating: -1, count: ExecutionLimits.pageLength), count: pageCount)))
  }

  var steps: [StepInputs] { state.withLock { $0.steps } }

  /// The logits of a context: a permutation-like spread, so that the likeliest id is unique.
  func logits(after context: [Int32]) -> [Float] {
    var hash = SeededGenerator(seed: context.reduce(salt) { ($0 &* 31) &+ UInt64(UInt32(bitPattern: $1)) &+ 7 })
    return (0..<Self.vocabularySize).map { _ in Float(hash.nextUnit() * 8 - 4) }
  }

  func greedy(after context: [Int32]) -> Int32 {
    let logits = logits(after: context)
    return Int32(logits.indices.max { logits[$0] < logits[$1] } ?? 0)
  }

  /// What greedy decoding must give, computed without an engine.
  func greedyAnswer(to prompt: [Int32], count: Int) -> [Int32] {
    var context = prompt.map { stored($0, isPrompt: true) }
    for _ in 0..<count { context.append(greedy(after: context)) }
    return Array(context[prompt.count...])
  }

  /// What an id leaves in its slot.
  private func stored(_ id: Int32, isPrompt: Bool) -> Int32 {
    isPrompt && promptNumerics != .float32 ? id + Self.roundedMark : id
  }
  private static let roundedMark: Int32 = 1000

  func run(
    _ inputs: StepInputs, values: [TensorID: [Float]], reading: [TensorID]
  ) async throws -> StepOutputs {
    let number = state.withLock { state in
      state.steps.append(inputs)
      return state.steps.count - 1
    }
    await beforeStep?(number)
    if number == failingStep { throw Fault.lost }
    guard inputs.tokens.count <= limits.tokenCount, inputs.outputRows.count <= limits.outputCount else {
      throw ProgramError("step \(number) breaks the limits")
    }
    var tokens = inputs.tokens
    var sampled: [[Int32]] = []
    var logProbabilities: [[TokenLogProbabilities?]] = []
    var last: [Float] = []
    for repetition in 0..<inputs.repeatCount where !(sampled.last ?? []).contains(-1) {
      var ids: [Int32] = []
      var told: [TokenLogProbabilities?] = []
      last = []
      for row in tokens.indices {
        let position = Int(inputs.positions[row]) + repetition
        let table = inputs.pageTables[Int(inputs.sequences[row])]
        let context = try store(
          stored(tokens[row], isPrompt: inputs.isPrompt), at: position, table: table)
        guard inputs.outputRows.contains(Int32(row)) else { continue }
        let logits =
          number == nonFiniteStep || context.first == brokenID && position >= 20
          ? [Float](repeating: .nan, count: Self.vocabularySize) : logits(after: context)
        last += logits
        let sequence = Int(inputs.sequences[row])
        let sampling = inputs.sampling[sequence]
        var history = inputs.histories[sequence]
        for ids in sampled { history.append(ids[inputs.outputRows.firstIndex(of: Int32(row)) ?? 0]) }
        let seen = TokenSet(context.map { $0 % Self.roundedMark }, vocabularySize: Self.vocabularySize)
        guard !sampling.penalisesSeen || history.seen == seen else {
          throw ProgramError("other ids are seen than the context has")
        }
        ids.append(sampling.choice(from: logits, history: history, position: Int32(position)))
        let numbers = sampling.logProbabilities(of: ids[ids.count - 1], in: logits)
        told.append(sampling.likeliestCount.map { TokenLogProbabilities(row: numbers[...], count: $0) })
        if inputs.repeatCount > 1 { tokens[row] = ids[ids.count - 1] }
      }
      sampled.append(ids)
      if inputs.asksForLogProbabilities { logProbabilities.append(told) }
    }
    let read = reading.reduce(into: [TensorID: [Float]]()) { $0[$1] = last }
    return StepOutputs(
      sampled: SampledTokens(Array(sampled.joined()), outputCount: inputs.outputRows.count),
      logProbabilities: logProbabilities, tensors: read, seconds: 0.001)
  }

  /// Writes an id to its slot and returns all ids from position 0 to it.
  private func store(_ token: Int32, at position: Int, table: [Int32]) throws -> [Int32] {
    try state.withLock { state in
      let length = ExecutionLimits.pageLength
      guard position / length < table.count else { throw ProgramError("position \(position) has no page") }
      state.pages[Int(table[position / length])][position % length] = token
      let context = (0...position).map { state.pages[Int(table[$0 / length])][$0 % length] }
      guard !context.contains(-1) else { throw ProgramError("a position below \(position) was never written") }
      return context
    }
  }
}
