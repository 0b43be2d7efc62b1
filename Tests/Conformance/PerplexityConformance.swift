import Models
import Ops
import Tensors
import TestKit
import Testing
import Workbench

/// Perplexity and divergence against what transformers and torch compute.
@Suite(.serialized) struct PerplexityConformance {
  private static let golden = Result { try JSONValue(path: "\(Fixtures.directory)/perplexity.golden.json") }

  @Test(arguments: TestBackend.allCases)
  func perplexityEqualsTransformers(_ backend: TestBackend) async throws {
    let golden = try Self.golden.get()
    let backend = try backend.open()
    let path = Fixtures.model(try #require(golden["checkpoint"]?.string))
    let ids = try #require(golden["ids"]?.array).compactMap { $0.integer.map { Int32($0) } }
    let entries = try #require(golden["windows"]?.array)
    #expect(entries.count == 3)
    for entry in entries {
      let length = try #require(entry["length"]?.integer)
      let windows = TextWindows(length: length, stride: try #require(entry["stride"]?.integer))
      let rounded = try await LikelihoodRun(
        Model(path: path, matrixFormat: .q8_0), on: backend, windows: windows, keyValueFormat: .f32)
      let stored = try await LikelihoodRun(Model(path: path), on: backend, windows: windows, keyValueFormat: .f32)
      var meter = LikelihoodMeter(rounded, against: stored)
      for start in windows.starts(tokenCount: ids.count) { try await meter.read(ids[start..<(start + length)]) }
      #expect(meter.tokenCount == entry["tokens"]?.integer)
      let own = try #require(meter.otherLikelihood)
      expect(own.perplexity, entry["perplexity"], 1e-4)
      expect(own.standardError, entry["standard_error"], 1e-4)
      let q8 = try #require(entry["q8_0"])
      expect(meter.likelihood.perplexity, q8["perplexity"], 1e-4)
      let comparison = try #require(meter.comparison)
      expect(comparison.meanDivergence, q8["mean_divergence"], 1e-2)
      expect(comparison.largestDivergence, q8["largest_divergence"], 1e-2)
      expect(comparison.sameTopShare, q8["same_top_share"], 1e-12)
      expect(comparison.perplexityRatio, .number(meter.likelihood.perplexity / own.perplexity), 1e-12)
    }
  }

  private func expect(
    _ value: Double, _ wanted: JSONValue?, _ tolerance: Double, location: SourceLocation = #_sourceLocation
  ) {
    let wanted = wanted?.number ?? .nan
    #expect(abs(value - wanted) <= tolerance * wanted, "\(value) for \(wanted)", sourceLocation: location)
  }

  /// What eight bits for keys and values cost is seen, and is little.
  @Test(arguments: TestBackend.allCases, ["exaone-3.0", "llama-3.1", "exaone-q4_k_m"])
  func eightBitsForKeysAndValuesCostLittle(_ backend: TestBackend, _ checkpoint: String) async throws {
    let backend = try backend.open()
    let model = try Model(path: Fixtures.model(checkpoint))
    let windows = TextWindows(length: 72)
    let run = try await LikelihoodRun(model, on: backend, windows: windows, keyValueFormat: .q8_0)
    var meter = LikelihoodMeter(
      run, against: try await LikelihoodRun(model, on: backend, windows: windows, keyValueFormat: .f32))
    try await meter.read(try Golden(checkpoint: checkpoint).prompts[4].ids.prefix(72))
    let comparison = try #require(meter.comparison)
    #expect(comparison.meanDivergence > 0 && comparison.meanDivergence < 1e-3)
    #expect(comparison.sameTopShare > 0.9)
  }
}
