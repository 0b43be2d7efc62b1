/// All that varies from one step to the next; everything else is fixed when a program is prepared.
public struct StepInputs: Sendable, Hashable {
  /// The token of each row.
  public var tokens: [Int32]
  /// The position of each row in its sequence, from 0; the row attends to positions 0…position.
  public var positions: [Int32]
  /// For each row the index of its sequence in `pageTables`.
  public var sequences: [Int32]
  /// For each sequence the pages of the key-value pool that hold its positions, in order.
  public var pageTables: [[Int32]]
  /// The rows whose logits are wanted; no more than there are rows.
  public var outputRows: [Int32]
  /// For each sequence how its next id is chosen; empty where all are greedy.
  public var sampling: [SamplingParameters]
  /// For each sequence the ids before; empty where nothing is penalised.
  public var histories: [TokenHistory]
  /// How many steps to chain: after each, the sampled id becomes its row's token and the position advances by one.
  /// Above 1, every row must be an output row and the pages for all steps must be granted.
  public var repeatCount: Int
  /// Whether every row is of a prompt, so that products may be rounded as `PreparedProgram.promptNumerics` says.
  public var isPrompt: Bool

  public init(
    tokens: [Int32], positions: [Int32], sequences: [Int32], pageTables: [[Int32]], outputRows: [Int32],
    sampling: [SamplingParameters] = [], histories: [TokenHistory] = [], repeatCount: Int = 1, isPrompt: Bool = false
  ) {
    self.tokens = tokens
    self.positions = positions
    self.sequences = sequences
    self.pageTables = pageTables
    self.outputRows = outputRows
    self.sampling = sampling
    self.histories = histories
    self.repeatCount = repeatCount
    self.isPrompt = isPrompt
  }

  public var size: StepSize {
    StepSize(tokens: tokens.count, outputs: outputRows.count, context: Int(positions.max() ?? 0) + 1)
  }
}

/// What a run of a step gives back.
public struct StepOutputs: Sendable {
  /// Empty where the program has no logits.
  public var sampled: SampledTokens
  /// For each chained step the log-probabilities of each output row, nil for rows whose sequence asks for none; empty where none does.
  public var logProbabilities: [[TokenLogProbabilities?]]
  /// The tensors asked for, row-major, as of the last chained step.
  public var tensors: [TensorID: [Float]]
  /// Time from submission to completion, in seconds; a measurement, not a promise.
  public var seconds: Double

  public init(
    sampled: SampledTokens, logProbabilities: [[TokenLogProbabilities?]] = [], tensors: [TensorID: [Float]],
    seconds: Double
  ) {
    self.sampled = sampled
    self.logProbabilities = logProbabilities
    self.tensors = tensors
    self.seconds = seconds
  }
}

extension StepInputs {
  /// Proves that every index stays within `limits`, so that no kernel reads or writes astray.
  ///
  /// - Throws: `ProgramError` that names what is out of range.
  package func check(against limits: ExecutionLimits, program: Program) throws(ProgramError) {
    func demand(_ holds: Bool, _ reason: @autoclosure () -> String) throws(ProgramError) {
      guard holds else { throw ProgramError(reason()) }
    }
    try demand(
      !tokens.isEmpty && tokens.count <= limits.tokenCount,
      "a step of \(tokens.count) tokens; planned for 1 to \(limits.tokenCount)")
    try demand(
      positions.count == tokens.count && sequences.count == tokens.count,
      "\(tokens.count) tokens with \(positions.count) positions and \(sequences.count) sequences")
    try demand(
      outputRows.count <= min(tokens.count, limits.outputCount),
      "\(outputRows.count) output rows of \(tokens.count) tokens; planned for \(limits.outputCount)")
    try demand(
      pageTables.count <= limits.sequenceCount, "\(pageTables.count) sequences; planned for \(limits.sequenceCount)")
    try demand(outputRows.allSatisfy { tokens.indices.contains(Int($0)) }, "an output row that is no row of the step")
    try demand(repeatCount >= 1, "a step repeated \(repeatCount) times")
    try demand(
      repeatCount == 1 || outputRows == tokens.indices.map { Int32($0) },
      "chained steps need every row as an output row")
    for table in pageTables {
      try demand(
        table.count <= limits.pagesPerSequence && table.allSatisfy { (0..<Int32(limits.pageCount)).contains($0) },
        "a page table of \(table.count) pages; planned for \(limits.pagesPerSequence) pages numbered below \(limits.pageCount)"
      )
    }
    for (row, position) in positions.enumerated() {
      try demand(pageTables.indices.contains(Int(sequences[row])), "row \(row) belongs to no sequence")
      let last = Int(position) + repeatCount - 1
      try demand(
        position >= 0 && last / ExecutionLimits.pageLength < pageTables[Int(sequences[row])].count,
        "row \(row) reaches position \(last), beyond its pages")
    }
    try checkSampling(program)
    if let vocabulary = program.vocabularySize {
      try demand(
        tokens.allSatisfy { (0..<Int32(vocabulary)).contains($0) }, "a token id outside the vocabulary of \(vocabulary)"
      )
    }
  }

  private func checkSampling(_ program: Program) throws(ProgramError) {
    guard sampling.isEmpty || sampling.count == pageTables.count,
      histories.isEmpty || histories.count == pageTables.count
    else {
      throw ProgramError(
        "\(pageTables.count) sequences, \(sampling.count) of them sampled, \(histories.count) with ids before")
    }
    let vocabularySize = program.logitCount
    for history in histories {
      let (seen, chosen) = (history.seen.words.count, history.counts.words.count)
      guard seen == 0 || seen == TokenSet.wordCount(vocabularySize: vocabularySize),
        chosen == 0 || chosen == TokenCounts.wordCount(vocabularySize: vocabularySize)
      else { throw ProgramError("a history of \(seen) and \(chosen) words for ids below \(vocabularySize)") }
    }
    for (sequence, parameters) in sampling.enumerated() {
      try parameters.validate()
      for id in parameters.logitBias.keys where !(0..<Int32(vocabularySize)).contains(id) {
        throw ProgramError("a logit bias for id \(id): the vocabulary has \(vocabularySize) ids")
      }
      let history = histories.isEmpty ? TokenHistory() : histories[sequence]
      guard !parameters.penalisesSeen || !history.seen.words.isEmpty,
        !parameters.penalisesChosen || !history.counts.words.isEmpty
      else { throw ProgramError("a penalty without the ids before") }
    }
    // Ids that steps add must not depend on which row is first.
    guard repeatCount > 1, sampling.contains(where: \.penalises), Set(sequences).count < sequences.count else { return }
    throw ProgramError("chained steps with a penalty need a sequence for each row")
  }

  /// Whether some output row's sequence asks for log-probabilities.
  package var asksForLogProbabilities: Bool { outputRows.contains { likeliestCount(row: $0) != nil } }

  private func likeliestCount(row: Int32) -> Int? {
    sampling.isEmpty ? nil : sampling[Int(sequences[Int(row)])].likeliestCount
  }

  /// For each output row what its sequence asks for.
  ///
  /// - Parameter row: as `SamplingParameters.logProbabilities` gives it.
  package func logProbabilities(row: (_ output: Int) -> ArraySlice<Float>) -> [TokenLogProbabilities?] {
    outputRows.enumerated().map { output, inputRow in
      likeliestCount(row: inputRow).map { TokenLogProbabilities(row: row(output), count: $0) }
    }
  }

  /// What the next chained step gets: the ids chosen for the output rows, which join the ids before.
  package mutating func advance(_ ids: some Collection<Int32>) {
    for (row, id) in zip(outputRows, ids) {
      tokens[Int(row)] = id
      positions[Int(row)] += 1
      let sequence = Int(sequences[Int(row)])
      if histories.indices.contains(sequence) { histories[sequence].append(id) }
    }
  }
}

extension Program {
  /// Ids that logits rank; 0 where the program has no logits.
  package var logitCount: Int { logits.map { self[$0].columns } ?? 0 }

  /// Rows of the embedding table, where the program has one.
  public var vocabularySize: Int? {
    guard let step = steps.first(where: { $0.operation is Embedding }),
      case .fixed(let rows) = self[step.inputs[0]].rows
    else { return nil }
    return rows
  }
}
