public import Tensors

/// The next id of each row by its sequence's sampling parameters, or the lowest of the likeliest where they are greedy;
/// -1 where a logit is NaN or +∞ or none is finite.
///
/// Input: logits [outputs, vocabulary]. Result: [outputs, 42], the id as a float (exact below 2^24), then its log-probability
/// and those of the likeliest ids, or zeros where none are asked for. A backend also makes the id
/// the row's next token where steps are chained, and adds it to the ids that penalties make less likely.
public struct Sample: Operation {
  public static let name = "sample"
  public init() {}

  /// The id, then `SamplingParameters.logProbabilities`.
  package static let columns = 1 + TokenLogProbabilities.columns

  public func outputShape(_ inputs: [ProgramTensor]) throws(ProgramError) -> (rows: RowCount, columns: Int) {
    try inputs.expect(1, for: self)
    guard inputs[0].rows == .outputs, inputs[0].columns < 1 << 24 else {
      throw ProgramError("\(self): needs one row per output and fewer than 2^24 columns")
    }
    return (.outputs, Self.columns)
  }

  /// What a greedy choice takes; each filter looks at the logits again.
  public func cost(_ inputs: [(tensor: ProgramTensor, format: BlockFormat)], size: StepSize) -> Cost {
    let count = size.outputs * inputs[0].tensor.columns
    return Cost(floatOperations: count, byteCount: 4 * count)
  }

  public func evaluate(_ call: inout ReferenceCall) throws(ProgramError) {
    let logits = try call.matrix(0)
    let step = call.step
    for (output, inputRow) in step.outputRows.enumerated() {
      let sequence = Int(step.sequences[Int(inputRow)])
      let parameters = step.sampling.isEmpty ? .greedy : step.sampling[sequence]
      let row = Array(logits.row(output))
      let id = parameters.choice(
        from: row, history: step.histories.isEmpty ? TokenHistory() : step.histories[sequence],
        position: step.positions[Int(inputRow)])
      call.output.replace(row: output, with: [Float(id)] + parameters.logProbabilities(of: id, in: row))
    }
  }

  /// Ids are exact, for the rest see `SamplingParameters.logProbabilityBound`.
  public func errorBound(_ call: ReferenceCall) throws(ProgramError) -> [Float] {
    let vocabularySize = try call.matrix(0).columns
    return call.output.values.enumerated().map { index, value in
      let column = index % Self.columns
      return column % 2 == 0 ? 0 : SamplingParameters.logProbabilityBound(value, vocabularySize: vocabularySize)
    }
  }

  public static var cases: [OperationCase] {
    let greedy: [(Int, Int, OperationCase.Spread)] = [
      (1, 5, .normal), (1, 1000, .coarse), (3, 4097, .normal), (2, 64, .coarse), (3, 70, .broken), (3, 70, .infinite),
      (1, 4097, .broken), (1, 4097, .infinite), (1, 100, .zero),
    ]
    return greedy.map { outputs, vocabulary, spread in
      sampled("\(outputs)×\(vocabulary) \(spread)", [], rows: outputs, vocabulary: vocabulary, spread)
    } + sampledCases + toldCases
  }

  /// Log-probabilities beside ids of every kind, some rows without.
  private static var toldCases: [OperationCase] {
    func told(_ kind: String, _ counts: [Int?], vocabulary: Int, _ spread: OperationCase.Spread) -> OperationCase {
      let parameters = counts.enumerated().map { row, count in
        var parameters = adjusted(vocabulary: vocabulary)[row % 5]
        parameters.likeliestCount = count
        return parameters
      }
      return sampled("\(counts.count)×\(vocabulary) told \(kind)", parameters, vocabulary: vocabulary, spread)
    }
    return [
      told("unlike", [0, 20, nil, 5, 1, 20], vocabulary: 1031, .normal),
      told("alone", [20], vocabulary: 70_000, .normal), told("coarse", [20, 20, 3], vocabulary: 600, .coarse),
      told("equal", [20, nil], vocabulary: 4097, .zero), told("wide", [nil, 20], vocabulary: 611, .wide),
      told("broken", [20, 2, 20], vocabulary: 70, .broken), told("all", [20, 7], vocabulary: 7, .normal),
    ]
  }

  private typealias P = SamplingParameters

  /// Each filter alone and with others, rows that sample unlike their neighbours, and what is extreme.
  private static var sampledCases: [OperationCase] {
    let usual = P(temperature: 0.7, topK: 50, topP: 0.95, seed: 1)
    let several = [
      usual, .greedy, P(temperature: 1, seed: 2), P(temperature: 0.8, topP: 0.9, repetitionPenalty: 1.3, seed: 3),
      P(repetitionPenalty: 2), P(temperature: 1.2, minP: 0.05, seed: .max), P(temperature: 1, topK: 1, seed: 4),
    ]
    let extreme = [
      P(temperature: 1e-30, seed: 5), P(temperature: 1e30, seed: 6), P(temperature: 1, topP: 1e-30, seed: 7),
      P(temperature: 1, minP: 1, seed: 8), P(temperature: 1, topK: 1 << 40, seed: 9),
      P(temperature: 1, repetitionPenalty: 1e-30, seed: 10), P(temperature: 1, repetitionPenalty: 1e30, seed: 11),
    ]
    let alike = (0..<4).map {
      P(temperature: 0.3 * Float($0), topP: 0.9, frequencyPenalty: 2 - 0.5 * Float($0), seed: 20)
    }
    return [
      sampled("5×1031 adjusted", adjusted(vocabulary: 1031), vocabulary: 1031, .normal),
      sampled("5×601 adjusted coarse", adjusted(vocabulary: 601), vocabulary: 601, .coarse),
      sampled("5×513 adjusted wide", adjusted(vocabulary: 513), vocabulary: 513, .wide),
      sampled("5×70 adjusted broken", adjusted(vocabulary: 70), vocabulary: 70, .broken),
      sampled("1×7 banned", [P(logitBias: biases(7) { _ in P.ban })], vocabulary: 7, .normal),
      sampled("1×9001 crowded biases", [P(logitBias: crowded)], vocabulary: 9001, .normal),
      sampled("4×9001 frequency", alike, vocabulary: 9001, .normal),
      sampled("1×70000 usual", [usual], vocabulary: 70_000, .normal),
      sampled("1×70000 temperature", [P(temperature: 1, seed: 12)], vocabulary: 70_000, .normal),
      sampled("1×9001 top-p flat", [P(temperature: 3, topP: 0.97, seed: 13)], vocabulary: 9001, .normal),
      sampled("1×4097 top-k of ties", [P(temperature: 2, topK: 500, seed: 14)], vocabulary: 4097, .coarse),
      sampled("1×4097 top-p of ties", [P(temperature: 2, topP: 0.6, seed: 15)], vocabulary: 4097, .coarse),
      sampled("1×4097 equal", [P(temperature: 1, topK: 3000, topP: 0.5, seed: 16)], vocabulary: 4097, .zero),
      sampled("7×1031 unlike", several, vocabulary: 1031, .normal),
      sampled("7×100 extreme", extreme, vocabulary: 100, .normal),
      sampled("7×100 extreme wide", extreme, vocabulary: 100, .wide),
      sampled("7×64 extreme coarse", extreme, vocabulary: 64, .coarse),
      sampled("3×70 sampled broken", Array(several[..<3]), vocabulary: 70, .broken),
      sampled("3×70 sampled infinite", Array(several[2..<5]), vocabulary: 70, .infinite),
      sampled("1×1 usual", [usual], vocabulary: 1, .normal),
      sampled("1 of 9×70000 usual", [usual], of: 9, vocabulary: 70_000, .normal),
      sampled("2 of 9×9001 frequency", Array(alike[1...2]), of: 9, vocabulary: 9001, .normal),
    ]
  }

  /// Biases and penalties, alone and all together.
  private static func adjusted(vocabulary: Int) -> [P] {
    let many = biases(vocabulary) { $0 % 5 == 0 ? P.ban : Float($0 % 41) / 7 - 3 }
    return [
      P(temperature: 0.8, presencePenalty: 1.3, frequencyPenalty: 0.37, seed: 21), P(frequencyPenalty: -1.7),
      P(temperature: 1, logitBias: many, seed: 22), P(logitBias: [2: P.ban, 3: 100]),
      P(
        temperature: 1.1, topK: 60, topP: 0.9, repetitionPenalty: 1.2, presencePenalty: -0.6, frequencyPenalty: 0.9,
        logitBias: many, seed: 23),
    ]
  }

  /// Ids that begin to look for their bias at nearly the same place, the last of them likeliest.
  private static var crowded: [Int32: Float] {
    Dictionary(uniqueKeysWithValues: (0..<9).map { (987 * $0, Float(20 + $0)) })
  }

  private static func biases(_ vocabulary: Int, _ bias: (Int) -> Float) -> [Int32: Float] {
    let ids = stride(from: 0, to: vocabulary, by: vocabulary / P.logitBiasLimit + 1)
    return Dictionary(uniqueKeysWithValues: ids.map { (Int32($0), bias($0)) })
  }

  /// A row for each of `parameters`, each of a sequence of its own; greedy rows of one sequence without them. They are the
  /// last of `tokens`, or all.
  private static func sampled(
    _ name: String, _ parameters: [P], rows: Int = 1, of tokens: Int = 0, vocabulary: Int,
    _ spread: OperationCase.Spread
  ) -> OperationCase {
    let rows = max(rows, parameters.count)
    let tokens = max(rows, tokens)
    return .oneStep(
      name, tokens: tokens, start: parameters.isEmpty ? 0 : 50, outputRows: Array((tokens - rows)..<tokens),
      sequences: max(1, parameters.count), sampling: parameters, spread: spread
    ) { program throws(ProgramError) in
      let logits = program.input("logits", rows: .outputs, columns: vocabulary)
      program.setLogits(logits)
      return try program.append(Sample(), [logits], name: "id")
    }
  }
}
