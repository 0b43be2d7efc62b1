import Models
import Ops
import Tensors
import TestKit
import Testing
import VulkanBackend
import Workbench

/// The whole-model checks find what kernels do wrong, and where it first shows.
@Suite(.serialized) struct ModelValidationTests {
  private func model() throws -> Model { try Model(path: Fixtures.checkpoint("exaone-3.0")) }

  private func fault(_ kind: String) throws -> PlantedFault {
    try #require(PlantedFaultTests.faults.first { $0.kind == kind })
  }

  @Test func theFirstTensorThatDivergesIsNamed() async throws {
    let device = try VulkanTestDevice(pack: try fault("rotation the other way").pack())
    let results = await (try ModelValidation(try model(), seed: 1)).walk(on: device.backend, logits: nil)
    let result = try #require(results.first)
    #expect(result.verdict == .failed && result.checks == [.values])
    #expect(["kv.0", "layer.0.q"].contains(result.fault?.tensor), "\(result)")
  }

  /// Each leaves every value within its bound and breaks one promise about bits.
  static let faults = [
    PlantedFault(
      "order depends on whether there are few rows", "attention_tokens.f16", "(part.x + part.y) +",
      "step.token_count < 130 ? part.x + (part.y + (part.z + part.w)) : (part.x + part.y) +", check: .pieces),
    PlantedFault(
      "order depends on whether there are many rows", "attention_tokens.f16", "(part.x + part.y) +",
      "step.token_count > 200 ? part.x + (part.y + (part.z + part.w)) : (part.x + part.y) +", check: .alone),
    PlantedFault(
      "a page is left out", "attention_tokens.f16", "float highest = largest;",
      "if (step_page(page_row, base) == 7) continue; float highest = largest;", check: .pages),
    PlantedFault(
      "position not advanced between chained steps", "sample", "step_words[step.positions + row] += 1;", "",
      check: .chained),
  ]

  @Test(arguments: faults)
  func bitsThatDifferAreFound(_ fault: PlantedFault) async throws {
    let device = try VulkanTestDevice(pack: try fault.pack())
    var model = try model()
    model.weights.matrixFormat = .f32
    let gates = await (try ModelValidation(model, seed: 1)).gates(on: device.backend).results
    let failure = try #require(gates.first { $0.verdict == .failed })
    #expect(failure.checks.last == fault.check && failure.fault?.tensor == "logits", "\(gates)")
  }

  @Test func memoryThatIsSharedWronglyIsFound() async throws {
    let validation = try ModelValidation(try model(), seed: 1)
    let device = try VulkanTestDevice.shared()
    var logits = try #require(await validation.gates(on: device.backend).logits)
    logits.answer[5] = logits.answer[5].nextUp
    let result = try #require(await validation.walk(on: device.backend, logits: logits).first)
    #expect(result.verdict == .failed && result.checks.last == .arena && result.fault?.index == 5, "\(result)")
  }

  @Test func whatIsTooLargeForTheReferenceIsSkipped() async throws {
    let model = try Model(synthetic: try SyntheticModel("exaone-3.5-2.4b"))
    let results = await (try ModelValidation(model, seed: 1)).walk(
      on: try VulkanTestDevice.shared().backend, logits: nil)
    let result = try #require(results.first)
    #expect(result.verdict == .skipped && result.reason?.contains("at most 100000000") == true)
  }
}
