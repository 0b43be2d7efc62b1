import Models
import Ops
import Tensors
import TestKit
import Testing

/// The reference backend against transformers.
@Suite struct ReferenceConformance {
  @Test(arguments: Fixtures.checkpoints)
  func logitsEqualTransformers(_ checkpoint: String) async throws {
    let conformance = try Conformance(checkpoint, on: ReferenceBackend())
    let exact = try await conformance.logitDifferences(keyValueFormat: .f32)
    #expect(exact.count == 5)
    #expect(exact.allSatisfy { $0 <= 2e-3 }, "\(exact)")
    let half = try await conformance.logitDifferences(keyValueFormat: .f16)
    #expect(half.allSatisfy { $0 <= 1e-2 }, "\(half)")
  }

  @Test(arguments: Fixtures.checkpoints)
  func layersEqualTransformers(_ checkpoint: String) async throws {
    let conformance = try Conformance(checkpoint, on: ReferenceBackend())
    let differences = try await conformance.hiddenDifferences(keyValueFormat: .f32)
    #expect(differences.count == conformance.model.architecture.layerCount + 1)
    for (name, difference) in differences { #expect(difference <= 1e-3, "\(name)") }
  }

  @Test(arguments: Fixtures.checkpoints)
  func greedyEqualsTransformers(_ checkpoint: String) async throws {
    let conformance = try Conformance(checkpoint, on: ReferenceBackend())
    #expect(try await conformance.greedyFault(margin: 4e-3, keyValueFormat: .f32) == nil)
    #expect(try await conformance.greedyFault(margin: 2e-2, keyValueFormat: .f16, chain: 5) == nil)
  }

  @Test(arguments: Fixtures.checkpoints)
  func piecesMakeNoDifference(_ checkpoint: String) async throws {
    let conformance = try Conformance(checkpoint, on: ReferenceBackend())
    for pieces in [[1], [64, 1], [65, 64, 1], [7, 40]] {
      #expect(try await conformance.pieceDifference(pieces, keyValueFormat: .f16) == 0, "\(pieces)")
    }
  }

  @Test(arguments: Fixtures.checkpoints)
  func companyMakesNoDifference(_ checkpoint: String) async throws {
    let conformance = try Conformance(checkpoint, on: ReferenceBackend())
    #expect(try await conformance.companyDifference(keyValueFormat: .f16) == 0)
  }

  /// Comparing must be able to fail: a model with another epsilon-sized fault in one weight is told apart.
  @Test func plantedFaultIsSeen() async throws {
    let conformance = try Conformance("exaone-3.0", on: ReferenceBackend(), matrixFormat: .q8_0)
    let differences = try await conformance.logitDifferences(keyValueFormat: .f32)
    #expect(differences.contains { $0 > 2e-3 })
  }
}
