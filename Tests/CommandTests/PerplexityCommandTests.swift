import Tensors
import TestKit
import Testing

/// `kalsae perplexity`, as a person runs it.
@Suite struct PerplexityCommandTests {
  private let text = "The capital of Korea is Seoul. 대한민국의 수도는 서울이다. The capital of France is Paris. 프랑스의 수도는 파리다."

  private func run(_ arguments: [String]) throws -> BuiltProgram.Result {
    let folder = try TemporaryFolder()
    let path = try folder.write("text", text)
    return try withExtendedLifetime(folder) {
      try BuiltProgram.run(["perplexity", path, "--device", "cpu"] + arguments)
    }
  }

  @Test func aSideAgainstItselfIsTheSame() throws {
    let result = try run(["--context", "16", "--against-kv", "f16", "--json"])
    #expect(result.status == 0, "\(result.errors)")
    let report = try JSONValue(parsing: Array(result.output.utf8), name: "report")
    #expect(report["windows"]?.integer == report["text_tokens"]?.integer.map { $0 / 16 })
    #expect(report["tokens"]?.integer == report["windows"]?.integer.map { $0 * 7 })
    #expect(report["comparison"]?["mean_divergence"]?.number == 0)
    #expect(report["comparison"]?["same_top_share"]?.number == 1)
    #expect(report["comparison"]?["perplexity_ratio"]?.number == 1)
    let perplexity = report["measured"]?["likelihood"]?["perplexity"]?.number
    #expect(perplexity != nil && perplexity == report["against"]?["likelihood"]?["perplexity"]?.number)
  }

  @Test func aPackedFormatCostsSomething() throws {
    let result = try run(["--context", "16", "--stride", "8", "--weights", "q4_0", "--against-weights", "bf16"])
    #expect(result.status == 0, "\(result.errors)")
    for word in [
      "measured", "q4_0", "bf16", "reference (CPU)", "perplexity ratio", "99th percentile", "same top token",
    ] {
      #expect(result.output.contains(word), "\(word): \(result.output)")
    }
    #expect(!result.output.contains("KL divergence     0 "))
  }

  @Test func badInputIsOneSentence() throws {
    let short = try run(["--context", "512"])
    #expect(short.status == 2 && short.errors.contains("take a longer text or a shorter --context"))
    #expect(try run(["--context", "3"]).status != 0)
    #expect(try run(["--context", "16", "--stride", "17"]).errors.contains("--stride 17"))
    let format = try run(["--against-weights", "q9"])
    #expect(format.status != 0 && format.errors.contains("q9 is no format"))
    let missing = try BuiltProgram.run(["perplexity", "no-such-file", "--device", "cpu"])
    #expect(missing.status == 2 && missing.errors.hasPrefix("kalsae: no-such-file cannot be read"))
  }
}
