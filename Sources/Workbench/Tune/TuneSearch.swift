import GPU
import Ops
import Tensors
import VulkanBackend

/// The search over the kernels and tunings of one class of work: all on the same tensors, timed in turns with the default.
struct TuneSearch: Sendable {
  struct Candidate: Sendable {
    let kernel: any Kernel
    let tuning: Tuning
    let timer: KernelTimer
    /// Times over those of the default beside them.
    var ratios: [Double] = []
    var ratio: Double { SampleSummary(ratios).median }
  }

  private let backend: VulkanBackend
  private let work: ValidationCase
  private let usual: Candidate
  private let candidates: [Candidate]
  /// Why the default cannot be trusted; nil where it can.
  let fault: String?
  /// Median nanoseconds of the default.
  private let usualNanoseconds: Double

  /// Checks the default against the definition and every candidate against the default's bits; nil without any kernel.
  init?(_ work: ValidationCase, request: LaunchRequest, backend: VulkanBackend, seed: UInt64) async throws {
    let choices = Self.choices(request, backend)
    guard let first = choices.first else { return nil }
    self.backend = backend
    self.work = work
    let run = KernelRun(backend: backend, current: work, kernel: first.kernel, tuning: first.tuning, seed: seed)
    let prepared = try await run.prepare()
    let results = try await run.results(of: prepared)
    var result = ValidationResult(
      operation: work.operationName, kernel: first.kernel.file, format: work.format.name,
      tuning: first.tuning.description, caseName: work.candidate.name, verdict: .passed)
    if try work.cost().floatOperations <= Self.mostCheckedOperations {
      try await Expectation(work.candidate, weights: work.weights, seed: seed, numerics: first.kernel.numerics)
        .compare(results, &result)
    }
    fault = result.verdict == .failed ? "its default is wrong: \(result.reason ?? "")" : nil
    usual = Candidate(
      kernel: first.kernel, tuning: first.tuning,
      timer: try await KernelTimer(work, prepared: prepared, values: nil))
    usualNanoseconds = try await usual.timer.median(.warm)
    var candidates: [Candidate] = []
    for choice in choices.dropFirst() where fault == nil {
      try Task.checkCancellation()
      let other = await prepared.with(choice)
      guard run.difference(try await run.results(of: other), results) == nil else { continue }
      candidates.append(
        Candidate(
          kernel: choice.kernel, tuning: choice.tuning,
          timer: try await KernelTimer(work, prepared: other, values: nil)))
    }
    self.candidates = candidates
  }

  /// The reference takes seconds beyond this; larger work is only compared with the default, which smaller work checks.
  private static let mostCheckedOperations = 2_000_000_000

  /// The default first, then everything else of its class of numerics that this device can run.
  private static func choices(
    _ request: LaunchRequest, _ backend: VulkanBackend
  ) -> [(kernel: any Kernel, tuning: Tuning)] {
    let kernels = KernelCatalogue.kernels(for: request)
      .filter { backend.canRun($0, $0.tuning(for: request), for: request) }
    let suiting = kernels.filter { $0.suits(backend.profile) }
    return (suiting.isEmpty ? Array(kernels.prefix(1)) : suiting).flatMap { kernel in
      let usual = kernel.tuning(for: request)
      let others = kernel.tunings(for: request).filter { $0 != usual && backend.canRun(kernel, $0, for: request) }
      return ([usual] + others).map { (kernel: kernel, tuning: $0) }
    }
  }

  /// The best candidate after rounds of halving; nil where there is none.
  func winner(budgetSeconds: Double, mostRounds: Int) async throws -> Candidate? {
    let start = ContinuousClock.now
    var survivors = candidates
    for _ in 0..<mostRounds where survivors.count > 1 && start.secondsUntilNow < budgetSeconds {
      for index in survivors.indices {
        try Task.checkCancellation()
        let before = try await usual.timer.median(.warm)
        let time = try await survivors[index].timer.median(.warm)
        let after = try await usual.timer.median(.warm)
        survivors[index].ratios.append(2 * time / (before + after))
      }
      survivors.sort { $0.ratio < $1.ratio }
      survivors.removeLast(survivors.count / 2)
    }
    return survivors.first
  }

  /// Default and candidate in turns.
  func compare(_ candidate: Candidate, pairs: Int) async throws -> Comparison {
    var (a, b): ([Double], [Double]) = ([], [])
    for _ in 0..<pairs {
      try Task.checkCancellation()
      a.append(try await usual.timer.median(.warm))
      b.append(try await candidate.timer.median(.warm))
    }
    return Comparison(a, b, isPaired: true)
  }

  /// What is kept of the search; nil stands for the default.
  func entry(_ winner: Candidate?, ratio: Double) -> TuningTable.Entry {
    let choice = winner ?? usual
    return TuningTable.Entry(
      kernel: choice.kernel.file, tuning: choice.tuning, ratio: ratio, nanoseconds: usualNanoseconds * ratio,
      caseName: work.candidate.name, code: backend.pack.code(of: choice.kernel.file))
  }
}
