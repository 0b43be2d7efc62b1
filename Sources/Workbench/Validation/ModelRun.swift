package import Models
package import Ops
package import Tensors

/// A model prepared on a backend, to be fed token ids in every way that must make no difference.
package struct ModelRun: Sendable {
  package let prepared: any PreparedProgram
  /// Results named when the run was made.
  package let kept: [TensorID]
  /// Whether texts are fed as prompts, else as answers.
  package var isPrompt = false
  private let logits: TensorID

  private static let pagesPerSequence = 4
  /// Sequences that can run side by side.
  package static let sequenceCount = 2

  /// - Parameter keeping: names of activations to make readable, for example `layer.0.output`.
  package init(
    _ model: Model, on backend: any Backend, keyValueFormat: BlockFormat, keeping names: [String] = []
  ) async throws {
    var program = try model.architecture.program()
    var kept: [TensorID] = []
    for name in names {
      guard let index = program.tensors.firstIndex(where: { $0.name == name }) else {
        throw ProgramError("no tensor is called \(name)")
      }
      kept.append(TensorID(index))
      program.keep(TensorID(index))
    }
    guard let logits = program.logits else { throw ProgramError("the program has no logits") }
    let limits = ExecutionLimits(
      tokenCount: 256, outputCount: 16, sequenceCount: Self.sequenceCount,
      pageCount: Self.sequenceCount * Self.pagesPerSequence + 1, pagesPerSequence: Self.pagesPerSequence,
      keyValueFormat: keyValueFormat)
    self.prepared = try await backend.prepare(program, weights: model.weights, limits: limits)
    self.kept = kept
    self.logits = logits
  }

  /// Pages in falling order, every other one per sequence, so that a kernel that ignores the table is caught.
  private func pageTable(_ sequence: Int) -> [Int32] {
    (0..<Self.pagesPerSequence).map { Int32((Self.pagesPerSequence - $0) * Self.sequenceCount - sequence) }
  }

  /// The inputs that run `ids` of one sequence from position `start` on, whose last row's logits are wanted.
  ///
  /// - Parameter sequence: which pages it lies on.
  func inputs(_ ids: ArraySlice<Int32>, start: Int, sequence: Int = 0, repeatCount: Int = 1) -> StepInputs {
    StepInputs(
      tokens: Array(ids), positions: ids.indices.map { Int32(start + $0 - ids.startIndex) },
      sequences: [Int32](repeating: 0, count: ids.count), pageTables: [pageTable(sequence)],
      outputRows: [Int32(ids.count - 1)], repeatCount: repeatCount, isPrompt: isPrompt)
  }

  /// One step that runs `ids` of one sequence from position `start` on; logits of the last row.
  package func step(
    _ ids: ArraySlice<Int32>, start: Int, sequence: Int = 0, repeatCount: Int = 1
  ) async throws -> (logits: [Float], outputs: StepOutputs) {
    let inputs = inputs(ids, start: start, sequence: sequence, repeatCount: repeatCount)
    let outputs = try await prepared.run(inputs, reading: [logits] + kept)
    return (outputs.tensors[logits] ?? [], outputs)
  }

  /// Logits of the last of `ids`, fed in pieces of the given lengths, the last of which is used as often as needed.
  package func logits(of ids: [Int32], pieces: [Int], sequence: Int = 0) async throws -> [Float] {
    var start = 0
    var result: [Float] = []
    var index = 0
    while start < ids.count {
      let end = min(ids.count, start + pieces[min(index, pieces.count - 1)])
      result = try await step(ids[start..<end], start: start, sequence: sequence).logits
      start = end
      index += 1
    }
    return result
  }

  /// Greedy continuation of `ids`, `chain` tokens per step once the prompt is read.
  package func greedy(_ ids: [Int32], count: Int, chain: Int = 1) async throws -> [Int32] {
    // A copy: ids that somebody holds make the next step allocate.
    var generated: [Int32] = []
    generated += try await step(ids[...], start: 0).outputs.sampled.ids
    while generated.count < count {
      let outputs = try await step(
        generated.suffix(1), start: ids.count + generated.count - 1, repeatCount: min(chain, count - generated.count)
      ).outputs
      generated += outputs.sampled.ids
    }
    return generated
  }

  /// Logits of the last row of each text, all run in one step, their rows interleaved.
  package func logits(together texts: [[Int32]]) async throws -> [[Float]] {
    var rows: [(token: Int32, position: Int32, sequence: Int32, isLast: Bool)] = []
    for position in 0..<(texts.map(\.count).max() ?? 0) {
      for (sequence, text) in texts.enumerated() where position < text.count {
        rows.append((text[position], Int32(position), Int32(sequence), position == text.count - 1))
      }
    }
    let outputRows = rows.indices.filter { rows[$0].isLast }.sorted { rows[$0].sequence < rows[$1].sequence }
    let inputs = StepInputs(
      tokens: rows.map(\.token), positions: rows.map(\.position), sequences: rows.map(\.sequence),
      pageTables: texts.indices.map { pageTable($0) }, outputRows: outputRows.map { Int32($0) },
      isPrompt: isPrompt)
    let values = try await prepared.run(inputs, reading: [logits]).tensors[logits] ?? []
    let columns = values.count / max(1, texts.count)
    return texts.indices.map { Array(values[($0 * columns)..<(($0 + 1) * columns)]) }
  }
}
