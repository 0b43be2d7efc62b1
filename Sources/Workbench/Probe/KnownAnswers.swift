import GPU
package import Ops
import Tensors
package import VulkanBackend

/// A few questions to the kernels that plans use, before a device is trusted: one row, whole tiles, ragged ends.
package enum KnownAnswers {
  /// One that is loaded as it is and one that is decoded.
  private static let formats: [BlockFormat] = [.bf16, .q8_0]
  /// More only takes longer.
  private static let mostElements = 1 << 16

  /// The cases of an operation that are asked: of each kind the largest that is small, and one for each kernel that those
  /// leave out.
  ///
  /// - Parameter kernels: those that a plan takes for a case.
  package static func cases(
    of operation: any Operation.Type, kernels: (OperationCase) throws -> Set<String>
  ) rethrows -> [OperationCase] {
    let usual = operation.cases.filter { [.normal, .coarse].contains($0.spread) && size($0) <= mostElements }
    var asked = Kind.allCases.compactMap { kind in
      usual.filter { Kind($0) == kind }.max { size($0) < size($1) }
    }
    var known = try asked.reduce(into: Set<String>()) { $0.formUnion(try kernels($1)) }
    for candidate in usual.sorted(by: { size($0) < size($1) }) {
      let needed = try kernels(candidate)
      guard !needed.isSubset(of: known) else { continue }
      known.formUnion(needed)
      asked.append(candidate)
    }
    return asked
  }

  /// What the kernels that plans use got wrong, one line each that begins with the kernel; empty where all is right.
  ///
  /// - Throws: `GPUError` where the device fails altogether.
  package static func faults(on backend: VulkanBackend, seed: UInt64 = 1) async throws -> [String] {
    var validation = Validation(backend, seed: seed)
    validation.isQuick = true
    var faults: [String] = []
    for operation in OperationCatalogue.all {
      let candidates = cases(of: operation) { candidate in
        suitingFormats(candidate).reduce(into: []) { kernels, format in
          kernels.formUnion((try? candidate.plannedKernels(format, on: backend)) ?? [])
        }
      }
      for candidate in candidates {
        let suiting = suitingFormats(candidate)
        for format in suiting {
          let question = ValidationCase(
            candidate: candidate, weights: try candidate.weights(seed: seed, format: format), format: format)
          faults += try await Self.faults(question, validation, backend)
        }
      }
    }
    return faults
  }

  private static func suitingFormats(_ candidate: OperationCase) -> [BlockFormat] {
    candidate.hasMatrixWeight ? formats.filter(candidate.suits) : [candidate.cacheFormat ?? .f32]
  }

  private static func faults(
    _ question: ValidationCase, _ validation: Validation, _ backend: VulkanBackend
  ) async throws -> [String] {
    let kernels: Set<String>
    do { kernels = try question.candidate.plannedKernels(question.format, on: backend) } catch let error as GPUError {
      return ["\(question.operationName): \(error)"]
    }
    return try await validation.run([question], kernels: kernels).compactMap { result in
      guard result.verdict != .passed else { return nil }
      return "\(result.kernel) \(result.format), case \(result.caseName): \(result.reason ?? "no answer")"
    }
  }

  private enum Kind: CaseIterable {
    case oneRow, fewRagged, manyWhole, manyRagged

    /// Nil for few rows in whole tiles, which have nothing that the others have not.
    init?(_ candidate: OperationCase) {
      let rows = candidate.step.tokens.count
      let isWhole = candidate.program.tensors.allSatisfy { $0.columns.isMultiple(of: 32) }
      switch rows {
      case 1: self = .oneRow
      case ..<16 where isWhole: return nil
      case ..<16: self = .fewRagged
      default: self = isWhole ? .manyWhole : .manyRagged
      }
    }
  }

  private static func size(_ candidate: OperationCase) -> Int {
    candidate.program.tensors.reduce(0) { $0 + candidate.step.size.rows($1.rows) * $1.columns }
  }
}
