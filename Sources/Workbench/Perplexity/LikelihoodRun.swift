package import Models
package import Ops
package import Tensors

/// A model on a backend that reads texts window by window and gives the logits of the rows that count.
package struct LikelihoodRun: Sendable {
  package let prepared: any PreparedProgram
  let windows: TextWindows
  private let logits: TensorID
  /// Ids below this exist.
  package let vocabularySize: Int

  /// Logits that are in memory at once at most.
  private static let sliceByteCount = 1 << 26
  private static let chunkLength = 512

  /// - Throws: `ProgramError`, or `GPUError` where memory does not suffice.
  package init(
    _ model: Model, on backend: any Backend, windows: TextWindows, keyValueFormat: BlockFormat
  ) async throws {
    let program = try model.architecture.program()
    guard let logits = program.logits else { throw ProgramError("the program has no logits") }
    let tokenCount = min(Self.chunkLength, windows.length)
    let pageCount = (windows.length + ExecutionLimits.pageLength - 1) / ExecutionLimits.pageLength
    let limits = ExecutionLimits(
      tokenCount: tokenCount,
      outputCount: max(1, min(tokenCount, Self.sliceByteCount / (4 * program[logits].columns))), pageCount: pageCount,
      pagesPerSequence: pageCount, keyValueFormat: keyValueFormat)
    prepared = try await backend.prepare(program, weights: model.weights, limits: limits)
    self.windows = windows
    self.logits = logits
    vocabularySize = program[logits].columns
  }

  var steps: [Range<Int>] {
    windows.steps(tokenCount: prepared.limits.tokenCount, outputCount: prepared.limits.outputCount)
  }

  /// Runs the rows of one of `steps` of a window; their logits where they count, else nothing.
  func logits(of window: ArraySlice<Int32>, rows: Range<Int>) async throws -> [Float] {
    let isScored = windows.scoredRows.contains(rows.lowerBound)
    let step = StepInputs(
      tokens: rows.map { window[window.startIndex + $0] }, positions: rows.map { Int32($0) },
      sequences: [Int32](repeating: 0, count: rows.count),
      pageTables: [(0..<Int32(prepared.limits.pagesPerSequence)).map { $0 }],
      outputRows: isScored ? rows.indices.map { Int32($0 - rows.lowerBound) } : [], isPrompt: true)
    return try await prepared.run(step, reading: isScored ? [logits] : []).tensors[logits] ?? []
  }
}
