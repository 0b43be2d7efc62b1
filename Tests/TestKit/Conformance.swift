public import Models
public import Ops
public import Tensors
import Workbench

/// What every backend must fulfil on the golden checkpoints; each function gives a figure for the test to judge.
public struct Conformance: Sendable {
  public let checkpoint: String
  public let model: Model
  public let golden: Golden
  private let backend: any Backend

  public init(_ checkpoint: String, on backend: any Backend, matrixFormat: BlockFormat? = nil) throws {
    self.checkpoint = checkpoint
    self.model = try Model(path: Fixtures.model(checkpoint), matrixFormat: matrixFormat)
    self.golden = try Golden(checkpoint: checkpoint)
    self.backend = backend
  }

  /// For each golden prompt the largest difference of its logits from transformers'.
  public func logitDifferences(keyValueFormat: BlockFormat) async throws -> [Float] {
    let run = try await ModelRun(model, on: backend, keyValueFormat: keyValueFormat)
    var differences: [Float] = []
    for prompt in golden.prompts {
      differences.append(
        largestDifference(try await run.logits(of: prompt.ids, pieces: [prompt.ids.count]), prompt.logits))
    }
    return differences
  }

  /// The largest difference of the last row after the embedding and after each layer: the first large one is at fault.
  public func hiddenDifferences(keyValueFormat: BlockFormat) async throws -> [(name: String, difference: Float)] {
    let names = ["embedding"] + (0..<model.architecture.layerCount).map { "layer.\($0).output" }
    let run = try await ModelRun(model, on: backend, keyValueFormat: keyValueFormat, keeping: names)
    var differences: [(String, Float)] = []
    for prompt in golden.prompts where !prompt.hidden.isEmpty {
      let outputs = try await run.step(prompt.ids[...], start: 0).outputs
      for (index, expected) in prompt.hidden.enumerated() {
        let rows = outputs.tensors[run.kept[index]] ?? []
        differences.append((names[index], largestDifference(Array(rows.suffix(expected.count)), expected)))
      }
    }
    return differences
  }

  /// The first greedy id that differs although transformers' lead exceeds `margin`, in words; nil where there is none.
  ///
  /// A run ends where it differs within the margin, since what follows then has another text before it.
  public func greedyFault(margin: Double, keyValueFormat: BlockFormat, chain: Int = 1) async throws -> String? {
    let run = try await ModelRun(model, on: backend, keyValueFormat: keyValueFormat)
    for expected in golden.greedy {
      let ids = try await run.greedy(expected.ids, count: expected.generated.count, chain: chain)
      guard ids.count == expected.generated.count else {
        return "\(ids.count) ids instead of \(expected.generated.count)"
      }
      for (index, id) in ids.enumerated() where id != expected.generated[index] {
        guard expected.margins[index] > margin else { break }
        return "\(checkpoint), prompt of \(expected.ids.count), token \(index): \(id), "
          + "transformers has \(expected.generated[index]) with a lead of \(expected.margins[index])"
      }
    }
    return nil
  }

  /// The largest difference that feeding the longest prompt in pieces makes, compared with all at once.
  public func pieceDifference(_ pieces: [Int], keyValueFormat: BlockFormat) async throws -> Float {
    let ids = golden.prompts.map(\.ids).max { $0.count < $1.count } ?? []
    let run = try await ModelRun(model, on: backend, keyValueFormat: keyValueFormat)
    let whole = try await run.logits(of: ids, pieces: [ids.count])
    return largestDifference(try await run.logits(of: ids, pieces: pieces), whole)
  }
}

/// The largest absolute difference; infinite where the lengths differ or a value is not finite.
public func largestDifference(_ a: [Float], _ b: [Float]) -> Float {
  guard a.count == b.count, !a.isEmpty else { return .infinity }
  var largest: Float = 0
  for (x, y) in zip(a, b) {
    guard x.isFinite, y.isFinite else { return .infinity }
    largest = max(largest, abs(x - y))
  }
  return largest
}
