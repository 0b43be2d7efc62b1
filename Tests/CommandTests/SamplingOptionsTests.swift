import ArgumentParser
import Models
import Ops
import Testing
import kalsae

private func parameters(_ arguments: [String], _ defaults: GenerationDefaults = GenerationDefaults()) throws
  -> SamplingParameters
{
  var parameters = try SamplingOptions.parse(arguments).parameters(defaults)
  parameters.seed = 0
  return parameters
}

@Suite struct SamplingOptionsTests {
  let sampling: GenerationDefaults = {
    var defaults = GenerationDefaults()
    defaults.samples = true
    defaults.temperature = 0.6
    defaults.topP = 0.9
    defaults.repetitionPenalty = 1.1
    return defaults
  }()

  @Test func withoutOptionsAModelThatDoesNotSampleIsGreedy() throws {
    #expect(try parameters([]) == .greedy)
    #expect(try parameters([]).isGreedy)
  }

  @Test func theModelsDefaultsCountAndOptionsGoBeforeThem() throws {
    #expect(
      try parameters([], sampling)
        == SamplingParameters(temperature: 0.6, topK: 50, topP: 0.9, repetitionPenalty: 1.1))
    #expect(
      try parameters(["--temperature", "1.2", "--top-k", "7", "--min-p", "0.1", "--repetition-penalty", "1"], sampling)
        == SamplingParameters(temperature: 1.2, topK: 7, topP: 0.9, minP: 0.1))
  }

  @Test func aSamplingOptionTurnsSamplingOn() throws {
    #expect(try parameters(["--top-p", "0.5"]) == SamplingParameters(temperature: 1, topP: 0.5))
    #expect(try parameters(["--seed", "5"]) == .greedy)
  }

  @Test func greedyGoesBeforeEverythingElse() throws {
    #expect(try parameters(["--greedy", "--temperature", "1"], sampling) == SamplingParameters(repetitionPenalty: 1.1))
  }

  @Test func penaltiesAndBiasesCountWithAndWithoutSampling() throws {
    let wanted = SamplingParameters(
      presencePenalty: 1.5, frequencyPenalty: -0.5, logitBias: [50: -100, 7: 2.5, 8: -1])
    let given = ["--presence-penalty", "1.5", "--logit-bias", "50=-100", "--logit-bias=7=2.5", "--logit-bias", "8=-1"]
    #expect(try parameters(given + ["--frequency-penalty", "-0.5"]) == wanted)
    #expect(try parameters(given + ["--frequency-penalty=-0.5", "--greedy"]) == wanted)
    #expect(
      try parameters(given + ["--frequency-penalty", "-0.5", "--temperature", "2"]).logitBias == wanted.logitBias)
  }

  @Test func theSeedIsTakenOrNew() throws {
    #expect(try SamplingOptions.parse(["--seed", "5"]).parameters(sampling).seed == 5)
    let seeds = try (0..<4).map { _ in try SamplingOptions.parse([]).parameters(sampling).seed }
    #expect(Set(seeds).count > 1)
  }

  @Test(arguments: [
    ["--temperature", "-1"], ["--top-p", "0"], ["--min-p", "2"], ["--max-tokens", "0"], ["--top-k", "-1"],
    ["--presence-penalty", "2.5"], ["--frequency-penalty=-3"], ["--logit-bias", "5"], ["--logit-bias", "5=101"],
    ["--logit-bias", "-5=1"], ["--logit-bias", "5=1", "--logit-bias", "5=2"], ["--logit-bias", "x=1"],
  ])
  func numbersOutOfRangeAreRefused(arguments: [String]) {
    #expect(throws: (any Error).self) { try SamplingOptions.parse(arguments) }
  }
}
