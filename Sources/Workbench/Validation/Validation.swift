import Foundation
import GPU
import Ops
import Synchronization
import Tensors
package import VulkanBackend

/// Compares every kernel that serves a case with the reference and with itself.
package struct Validation: Sendable {
  private let crew: DeviceCrew
  private let kernels: [any Kernel]
  /// Inputs follow from it.
  package let seed: UInt64
  /// Only default tunings, only the comparison with the definition.
  package var isQuick = false
  /// Messages of the validation layer so far; empty where there is no layer. They are put down to the case that was running,
  /// so that a layer wants a crew of one.
  package var layerMessages: @Sendable () -> [String] = { [] }
  /// Where replay files of failures go, one for each kernel, format and check; nil writes none.
  package var replayFolder: String?

  /// - Parameter kernels: what is checked.
  package init(_ crew: DeviceCrew, seed: UInt64, kernels: [any Kernel] = KernelCatalogue.all) {
    self.crew = crew
    self.seed = seed
    self.kernels = kernels
  }

  package init(_ backend: VulkanBackend, seed: UInt64, kernels: [any Kernel] = KernelCatalogue.all) {
    self.init(DeviceCrew([backend]), seed: seed, kernels: kernels)
  }

  /// - Parameters:
  ///   - files: only kernels of these files; nil for all.
  ///   - report: called after each result, in no order.
  package func run(
    _ cases: [ValidationCase], kernels files: Set<String>? = nil,
    report: @escaping @Sendable (ValidationResult) -> Void = { _ in }
  ) async throws -> [ValidationResult] {
    let replays = Mutex<Set<[String]>>([])
    let results = try await crew.map(cases, groupedBy: { [$0.operationName, $0.format.name] }) { current, backend in
      var expectations: [Numerics: Expectation] = [:]
      var results: [ValidationResult] = []
      for kernel in kernels where kernel.operation == type(of: current.operation) && kernel.isAmong(files) {
        let expectation: Expectation
        if let known = expectations[kernel.numerics] {
          expectation = known
        } else {
          expectation = try await Expectation(
            current.candidate, weights: current.weights, seed: seed, numerics: kernel.numerics)
          expectations[kernel.numerics] = expectation
        }
        let request = try current.request(on: backend)
        let usual = kernel.tuning(for: request)
        var usualResults: KernelRun.Results?
        for tuning in [usual] + (isQuick ? [] : kernel.tunings(for: request).filter { $0 != usual }) {
          let run = KernelRun(backend: backend, current: current, kernel: kernel, tuning: tuning, seed: seed)
          let launches = kernel.launches(for: request, tuning: tuning)
          guard launches != nil || tuning == usual else { continue }
          // What it holds goes before the next one runs: guards that it wrote over would be put down to that.
          var outcome = await outcome(of: run, launches, expectation, usual: usualResults)
          if let suspect = outcome.suspect, replays.withLock({ $0.insert(outcome.result.replayKey).inserted }) {
            await write(suspect, of: run, &outcome.result)
            if outcome.result.replay == nil { replays.withLock { _ = $0.remove(outcome.result.replayKey) } }
          }
          report(outcome.result)
          results.append(outcome.result)
          if tuning == usual { usualResults = outcome.results }
          if tuning == usual, outcome.result.verdict == .skipped { break }
        }
      }
      return results
    }
    return results.flatMap { $0 }
  }

  /// A result and, where it is a failure that can be captured, the run at fault.
  private struct Outcome {
    var result: ValidationResult
    /// Where all checks passed.
    var results: KernelRun.Results?
    var suspect: KernelRun.Suspect?
  }

  /// - Parameter usual: results of the kernel's default tuning, where this is another and that one is right.
  private func outcome(
    of run: KernelRun, _ launches: [Launch]?, _ expectation: Expectation, usual: KernelRun.Results?
  ) async -> Outcome {
    var outcome = Outcome(
      result: ValidationResult(
        operation: run.current.operationName, kernel: run.kernel.file, format: run.current.format.name,
        tuning: run.tuning.description, caseName: run.candidate.name, verdict: .passed))
    guard let launches else {
      outcome.result.skip("the kernel does not serve this case on this device")
      return outcome
    }
    if let missing = launches.first(where: { !run.backend.usableVariants.contains($0.variant) }) {
      outcome.result.skip("the device lacks what \(missing.variant) requires")
      return outcome
    }
    await check(run, &outcome, expectation, usual: usual)
    if outcome.result.verdict != .passed { outcome.results = nil }
    return outcome
  }

  /// Runs every check until one fails.
  ///
  /// - Parameter usual: results of the kernel's default tuning, where this is another and that one is right.
  private func check(
    _ run: KernelRun, _ outcome: inout Outcome, _ expectation: Expectation, usual: KernelRun.Results?
  ) async {
    let messagesBefore = layerMessages().count
    do {
      let prepared = try await run.prepare()
      let results = try await run.results(of: prepared)
      outcome.results = results
      outcome.result.checks = [.values]
      expectation.compare(results, &outcome.result)
      if outcome.result.verdict == .passed {
        outcome.result.checks.append(.memory)
        let guards = try await run.backend.guardFindings()
        // Guards are only looked at while their buffers are alive.
        withExtendedLifetime(prepared) {}
        let findings = layerMessages().dropFirst(messagesBefore).map(\.layerSentence) + guards
        if let finding = findings.first { outcome.result.fail(finding) }
      }
      if outcome.result.verdict == .failed {
        outcome.suspect = KernelRun.Suspect(
          prepared: prepared, step: run.candidate.step, values: run.values, wanted: expectation.expected,
          bounds: expectation.bounds)
      } else if !isQuick {
        for gate in run.gates(prepared, results, usual: usual, expectation) {
          outcome.result.checks.append(gate.check)
          guard let failure = try await gate.failure() else { continue }
          outcome.result.fault = failure.fault
          outcome.result.fail(failure.reason)
          outcome.suspect = failure.suspect
          break
        }
      }
    } catch {
      outcome.result.end(with: error)
    }
    if let message = layerMessages().dropFirst(messagesBefore).first { outcome.result.add(layerMessage: message) }
  }

  private func write(_ suspect: KernelRun.Suspect, of run: KernelRun, _ result: inout ValidationResult) async {
    guard let replayFolder else { return }
    do {
      result.replay = try await ReplayBundle(run, suspect, result: result)?.write(to: replayFolder)
    } catch {
      result.reason = "\(result.reason ?? ""); no replay file could be written to \(replayFolder): \(error)"
    }
  }
}

extension ValidationResult {
  /// What one replay file shows.
  fileprivate var replayKey: [String] { [kernel, format, checks.last.map { "\($0)" } ?? ""] }

  /// A message belongs to the case that was running, whatever else is wrong with it.
  fileprivate mutating func add(layerMessage message: String) {
    let message = message.layerSentence
    if verdict == .passed {
      checks.append(.memory)
      fail(message)
    } else if let reason, !reason.contains(message) {
      self.reason = "\(reason); the validation layer says: \(message)"
    }
  }
}

extension String {
  /// A message of the validation layer without the handles in front and the quotations behind.
  var layerSentence: String {
    let parts = components(separatedBy: " | ")
    guard parts.count > 2, let open = parts[0].firstIndex(of: "["), let close = parts[0].firstIndex(of: "]") else {
      return self
    }
    let name = parts[0][open...close].filter { !"[] ".contains($0) }
    let body = parts.dropFirst(2).joined(separator: " | ")
    let ends = [" The Vulkan spec states", " Unable to find SPIR-V OpLine"].compactMap {
      body.range(of: $0)?.lowerBound
    }
    return "\(name): \(body[..<(ends.min() ?? body.endIndex)])"
  }
}

extension GPUError {
  var isOutOfMemory: Bool { if case .outOfMemory = kind { true } else { false } }
}
