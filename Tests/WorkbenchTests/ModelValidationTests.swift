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
    let result = await (try ModelValidation(try model(), seed: 1)).walk(on: device.backend, logits: nil)
    #expect(result.verdict == .failed && result.checks == [.values])
    #expect(["kv.0", "layer.0.q"].contains(result.fault?.tensor), "\(result)")
  }

  @Test func logitsThatDependOnPiecesAreFound() async throws {
    let fault = PlantedFault(
      "", "linear_lane.f32", "accumulate(group, first_n", "accumulate(rows == 1 ? whole - 1 - group : group, first_n")
    let device = try VulkanTestDevice(pack: try fault.pack())
    var model = try model()
    model.weights.matrixFormat = .f32
    let gates = await (try ModelValidation(model, seed: 1)).gates(on: device.backend).results
    let failure = try #require(gates.first { $0.verdict == .failed })
    #expect(failure.checks == [.pieces] && failure.fault?.tensor == "logits", "\(gates)")
  }

  @Test func chainedStepsThatDifferAreFound() async throws {
    let device = try VulkanTestDevice(pack: try fault("position not advanced between chained steps").pack())
    let gates = await (try ModelValidation(try model(), seed: 1)).gates(on: device.backend).results
    #expect(gates.filter { $0.verdict == .failed }.map(\.checks) == [[.chained]], "\(gates)")
  }

  @Test func memoryThatIsSharedWronglyIsFound() async throws {
    let validation = try ModelValidation(try model(), seed: 1)
    let device = try VulkanTestDevice.shared()
    var logits = try #require(await validation.gates(on: device.backend).logits)
    logits[5] = logits[5].nextUp
    let result = await validation.walk(on: device.backend, logits: logits)
    #expect(result.verdict == .failed && result.checks.last == .arena && result.fault?.index == 5, "\(result)")
  }

  @Test func whatIsTooLargeForTheReferenceIsSkipped() async throws {
    let model = try Model(synthetic: try SyntheticModel("exaone-3.5-2.4b"))
    let result = await (try ModelValidation(model, seed: 1)).walk(
      on: try VulkanTestDevice.shared().backend, logits: nil)
    #expect(result.verdict == .skipped && result.reason?.contains("at most 100000000") == true)
  }
}
