import GPU
package import Ops
import ShaderCompiler
package import Tensors
package import VulkanBackend

/// A few questions to the kernels that plans use, before a device is trusted: one row, whole tiles, ragged ends.
package enum KnownAnswers {
  /// One that is loaded as it is and one that is decoded.
  private static let formats: [BlockFormat] = [.bf16, .q8_0]
  /// More only takes longer.
  private static let mostElements = 1 << 16

  /// What is asked of an operation's kernels: in each format of weights, of each kind of case the largest that is small, and
  /// for each kernel that those leave out the smallest that asks it. Decoded weights are asked for one row alone where a
  /// CPU compiles the kernels: it takes seconds for what a GPU's compiler does in milliseconds.
  ///
  /// - Parameter variants: those that the device can run.
  package static func questions(
    _ operation: any Operation.Type, on profile: DeviceProfile, variants: Set<String>
  ) -> [(work: OperationCase, format: BlockFormat)] {
    let usual = operation.cases.filter { work in
      // Caches are float16 unless somebody asks otherwise.
      [.normal, .coarse].contains(work.spread) && size(work) <= mostElements && work.cacheFormat ?? .f16 == .f16
    }.sorted { size($0) < size($1) }
    let formats = usual.contains(where: \.hasMatrixWeight) ? Self.formats : [.f32]
    return formats.flatMap { format in
      let isBrief = profile.isCPU && format != formats[0]
      let suiting = usual.filter { $0.suits(format) && (!isBrief || Kind($0) == .oneRow) }
      func kernels(_ work: OperationCase) -> Set<String> {
        (try? plannedVariants(work, format, on: profile, variants: variants)) ?? []
      }
      var asked = Kind.allCases.compactMap { kind in suiting.last { Kind($0) == kind } }
      var known = asked.reduce(into: Set<String>()) { $0.formUnion(kernels($1)) }
      for work in suiting where !kernels(work).isSubset(of: known) {
        asked.append(work)
        known.formUnion(kernels(work))
      }
      return asked.map { (work: $0, format: $0.cacheFormat ?? format) }
    }
  }

  /// What the kernels that plans use got wrong, one line each that begins with the kernel; empty where all is right.
  ///
  /// - Throws: `GPUError` where the device fails altogether.
  package static func faults(on backend: VulkanBackend, seed: UInt64 = 1) async throws -> [String] {
    var validation = Validation(backend, seed: seed)
    validation.isQuick = true
    var faults: [String] = []
    for operation in OperationCatalogue.all {
      for (work, format) in questions(operation, on: backend.profile, variants: backend.usableVariants) {
        let question = ValidationCase(
          candidate: work, weights: try work.weights(seed: seed, format: format), format: format)
        faults += try await Self.faults(question, validation, backend)
      }
    }
    return faults
  }

  private static func faults(
    _ question: ValidationCase, _ validation: Validation, _ backend: VulkanBackend
  ) async throws -> [String] {
    let kernels: Set<String>
    do {
      let planned = try plannedVariants(
        question.candidate, question.format, on: backend.profile, variants: backend.usableVariants)
      kernels = Set(planned.compactMap { backend.pack[variant: $0]?.file })
    } catch {
      return ["\(question.operationName): \(error)"]
    }
    return try await validation.run([question], kernels: kernels).compactMap { result in
      guard result.verdict != .passed else { return nil }
      return "\(result.kernel) \(result.format), case \(result.caseName): \(result.reason ?? "no answer")"
    }
  }

  /// The kernels that a plan takes.
  ///
  /// - Throws: `GPUError` where none serves the case on this device.
  private static func plannedVariants(
    _ work: OperationCase, _ format: BlockFormat, on profile: DeviceProfile, variants: Set<String>
  ) throws(GPUError) -> Set<String> {
    let planner = Planner(
      program: work.program, limits: work.limits, profile: profile, weightSegments: work.weightSegments(format),
      availableVariants: variants)
    return Set(try planner.launches(tokenCount: work.limits.tokenCount).map(\.launch.variant))
  }

  private enum Kind: CaseIterable {
    case oneRow, fewRagged, manyWhole, manyRagged

    /// Nil for few rows in whole tiles, which have nothing that the others have not.
    init?(_ work: OperationCase) {
      let rows = work.step.tokens.count
      let isWhole = work.program.tensors.allSatisfy { $0.columns.isMultiple(of: 32) }
      switch rows {
      case 1: self = .oneRow
      case ..<16 where isWhole: return nil
      case ..<16: self = .fewRagged
      default: self = isWhole ? .manyWhole : .manyRagged
      }
    }
  }

  private static func size(_ work: OperationCase) -> Int {
    work.program.tensors.reduce(0) { $0 + work.step.size.rows($1.rows) * $1.columns }
  }
}
