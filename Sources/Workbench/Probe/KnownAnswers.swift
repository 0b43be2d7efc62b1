import GPU
package import Ops
package import ShaderCompiler
package import Tensors
package import VulkanBackend

/// A few questions to the kernels that plans use, before a device is trusted: one row, whole tiles, ragged ends.
package enum KnownAnswers {
  /// One that is loaded as it is and one that is decoded.
  private static let formats: [BlockFormat] = [.bf16, .q8_0]
  /// More only takes longer.
  private static let mostElements = 1 << 16

  /// What is asked of an operation's kernels: in each format of weights, of each kind of case the largest that is small, and
  /// for each kernel that those leave out the smallest that asks it.
  ///
  /// Where a CPU compiles the kernels, which takes up to seconds for each pipeline, each kernel is asked by the smallest case
  /// that asks it, and each kind only where it needs no further pipeline; decoded weights by one row alone.
  ///
  /// - Parameter variants: those that the device can run.
  package static func questions(
    _ operation: any Operation.Type, on profile: DeviceProfile, variants: Set<String>
  ) -> [Question] {
    let usual = operation.cases.filter { work in
      // Caches are float16 unless somebody asks otherwise.
      [.normal, .coarse].contains(work.spread) && size(work) <= mostElements && work.cacheFormat ?? .f16 == .f16
    }.sorted { size($0) < size($1) }
    let formats = usual.contains(where: \.hasMatrixWeight) ? Self.formats : [.f32]
    return formats.flatMap { format in
      let isBrief = profile.isCPU && format != formats[0]
      let suiting = usual.filter { $0.suits(format) && (!isBrief || Kind($0) == .oneRow) }
        .map { Candidate($0, (try? launches($0, format, on: profile, variants: variants)) ?? []) }
      let asked: [Candidate]
      if profile.isCPU {
        let smallest = smallestOfEachKernel(suiting, beside: [])
        let pipelines = smallest.reduce(into: Set<String>()) { $0.formUnion($1.pipelines) }
        asked = smallest + largestOfEachKind(suiting.filter { $0.pipelines.isSubset(of: pipelines) }, beside: smallest)
      } else {
        let largest = largestOfEachKind(suiting, beside: [])
        asked = largest + smallestOfEachKernel(suiting, beside: largest)
      }
      return asked.map { (work: $0.work, format: $0.work.cacheFormat ?? format) }
    }
  }

  /// A case with what a plan would launch for it.
  private struct Candidate {
    let work: OperationCase
    let kernels: Set<String>
    let pipelines: Set<String>

    init(_ work: OperationCase, _ launches: [Launch]) {
      self.work = work
      kernels = Set(launches.map(\.variant))
      pipelines = Set(
        launches.map { "\($0.variant) \($0.workgroupSize) \($0.constants.sorted { $0.key < $1.key })" })
    }
  }

  private static func smallestOfEachKernel(_ candidates: [Candidate], beside asked: [Candidate]) -> [Candidate] {
    var known = asked.reduce(into: Set<String>()) { $0.formUnion($1.kernels) }
    return candidates.filter { candidate in
      defer { known.formUnion(candidate.kernels) }
      return !candidate.kernels.isSubset(of: known)
    }
  }

  private static func largestOfEachKind(_ candidates: [Candidate], beside asked: [Candidate]) -> [Candidate] {
    Kind.allCases.compactMap { kind in candidates.last { Kind($0.work) == kind } }
      .filter { candidate in !asked.contains { $0.work.name == candidate.work.name } }
  }

  package typealias Question = (work: OperationCase, format: BlockFormat)

  /// What came of asking.
  package struct Outcome: Sendable, Hashable {
    /// Kernels that got an answer wrong and have others to serve in their place, each with what was wrong first.
    package var wrongKernels: [String: String] = [:]
    /// What is wrong and cannot be helped, one line each that begins with the kernel.
    package var faults: [String] = []

    package init(wrongKernels: [String: String] = [:], faults: [String] = []) {
      (self.wrongKernels, self.faults) = (wrongKernels, faults)
    }
  }

  /// Asks the kernels that plans use, in place of one that is wrong those that plans then use, until all is right or nothing is
  /// left to serve an operation.
  ///
  /// - Throws: `GPUError` where the device fails altogether or memory does not suffice.
  package static func outcome(on backend: VulkanBackend, seed: UInt64 = 1) async throws -> Outcome {
    var validation = Validation(backend, seed: seed)
    validation.isQuick = true
    var outcome = Outcome()
    for operation in OperationCatalogue.all {
      let found = try await Self.outcome(
        of: operation, on: backend.profile, pack: backend.pack, variants: backend.usableVariants
      ) { try await wrongAnswers($0, variants: $1, validation, backend) }
      outcome.wrongKernels.merge(found.wrongKernels) { first, _ in first }
      outcome.faults += found.faults
    }
    return outcome
  }

  /// The same for one operation.
  ///
  /// - Parameter ask: what kernels got wrong of the questions, by the kernel's name; plans use the variants.
  package static func outcome(
    of operation: any Operation.Type, on profile: DeviceProfile, pack: KernelPack, variants: Set<String>,
    ask: (_ questions: [Question], _ variants: Set<String>) async throws -> [String: [String]]
  ) async throws -> Outcome {
    var outcome = Outcome()
    var variants = variants
    var leftOut: Set<String> = []
    var hopeless: Set<String> = []
    while true {
      let asked = questions(operation, on: profile, variants: variants)
      let wrong = try await ask(asked, variants).filter { !hopeless.contains($0.key) && !leftOut.contains($0.key) }
      guard !wrong.isEmpty else { return outcome }
      for (kernel, lines) in wrong.sorted(by: { $0.key < $1.key }) {
        let family = KernelCatalogue.family(of: kernel)
        let remaining = variants.subtracting(pack.variants.filter { family.contains($0.file) }.map(\.name))
        if leftOut.contains(kernel) || serves(operation, on: profile, variants: remaining, insteadOf: variants) {
          outcome.wrongKernels[kernel] = lines[0]
          leftOut.formUnion(family)
          variants = remaining
        } else {
          outcome.faults += lines
          hopeless.insert(kernel)
        }
      }
    }
  }

  /// Whether plans have a kernel for all of an operation that they had one for.
  private static func serves(
    _ operation: any Operation.Type, on profile: DeviceProfile, variants: Set<String>, insteadOf former: Set<String>
  ) -> Bool {
    operation.cases.allSatisfy { work in
      work.formats.allSatisfy { format in
        (try? launches(work, format, on: profile, variants: variants)) != nil
          || (try? launches(work, format, on: profile, variants: former)) == nil
      }
    }
  }

  /// What was wrong, by kernel: a line or several that begin with its name.
  private static func wrongAnswers(
    _ questions: [Question], variants: Set<String>, _ validation: Validation, _ backend: VulkanBackend
  ) async throws -> [String: [String]] {
    // Helpers of a kernel are checked with it.
    let names = Set(KernelCatalogue.all.map(\.file))
    var wrong: [String: [String]] = [:]
    for (work, format) in questions {
      let planned = try launches(work, format, on: backend.profile, variants: variants)
      let kernels = Set(planned.map(\.kernelFile)).intersection(names)
      let question = ValidationCase(
        candidate: work, weights: try work.weights(seed: validation.seed, format: format), format: format)
      for result in try await validation.run([question], kernels: kernels) where result.verdict != .passed {
        let reason = result.reason ?? "no answer"
        // It may be right another time.
        if result.verdict == .skipped { throw GPUError(.outOfMemory(missingByteCount: 0), reason) }
        wrong[result.kernel, default: []].append(
          "\(result.kernel) \(result.format), case \(result.caseName): \(reason)")
      }
    }
    return wrong
  }

  /// What a plan launches.
  ///
  /// - Throws: `GPUError` where none serves the case on this device.
  private static func launches(
    _ work: OperationCase, _ format: BlockFormat, on profile: DeviceProfile, variants: Set<String>
  ) throws(GPUError) -> [Launch] {
    let planner = Planner(
      program: work.program, limits: work.limits, profile: profile, weightSegments: work.weightSegments(format),
      availableVariants: variants)
    var launches: [Launch] = []
    for isPrompt in [false, true] {
      launches += try planner.launches(tokenCount: work.limits.tokenCount, isPrompt: isPrompt).map(\.launch)
    }
    return launches
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
