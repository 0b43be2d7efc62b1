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
      for kernel in kernels
      where kernel.operation == type(of: current.operation) && files?.isDisjoint(with: kernel.files) != true {
        let expectation: Expectation
        if let known = expectations[kernel.numerics] {
          expectation = known
        } else {
          expectation = try await Expectation(
            current.candidate, weights: current.weights, seed: seed, numerics: kernel.numerics)
          expectations[kernel.numerics] = expectation
        }
        // Buffers that a wrong kernel wrote beside go before the next one runs.
        for outcome in try await outcomes(current, kernel: kernel, expectation: expectation, on: backend) {
          var result = outcome.result
          if let suspect = outcome.suspect, replays.withLock({ $0.insert(result.replayKey).inserted }) {
            await write(suspect, of: outcome.run, &result)
          }
          report(result)
          results.append(result)
        }
      }
      return results
    }
    return results.flatMap { $0 }
  }

  /// A result and, where it is a failure that can be captured, the run at fault.
  private struct Outcome {
    var result: ValidationResult
    var run: KernelRun
    var results: KernelRun.Results?
    var suspect: KernelRun.Suspect?
  }

  /// One per tuning, the default first.
  private func outcomes(
    _ current: ValidationCase, kernel: any Kernel, expectation: Expectation, on backend: VulkanBackend
  ) async throws -> [Outcome] {
    let request = try current.request(on: backend)
    let usual = kernel.tuning(for: request)
    func outcome(_ tuning: Tuning, skippedBecause reason: String? = nil) -> Outcome {
      Outcome(
        result: ValidationResult(
          operation: current.operationName, kernel: kernel.file, format: current.format.name,
          tuning: tuning.description, caseName: current.candidate.name, verdict: reason == nil ? .passed : .skipped,
          reason: reason),
        run: KernelRun(backend: backend, current: current, kernel: kernel, tuning: tuning, seed: seed))
    }
    guard let launches = kernel.launches(for: request, tuning: usual) else {
      return [outcome(usual, skippedBecause: "the kernel does not serve this case on this device")]
    }
    guard launches.allSatisfy({ backend.usableVariants.contains($0.variant) }) else {
      return [outcome(usual, skippedBecause: "the device lacks what \(launches[0].variant) requires")]
    }
    var outcomes = [outcome(usual)]
    await check(&outcomes[0], expectation, usual: nil)
    guard !isQuick, let results = outcomes[0].results else { return outcomes }
    for tuning in kernel.tunings(for: request) where tuning != usual {
      guard kernel.launches(for: request, tuning: tuning) != nil else { continue }
      var other = outcome(tuning)
      await check(&other, expectation, usual: results)
      outcomes.append(other)
    }
    return outcomes
  }

  /// Runs every check until one fails.
  ///
  /// - Parameter usual: results of the kernel's default tuning, where this is another.
  private func check(_ outcome: inout Outcome, _ expectation: Expectation, usual: KernelRun.Results?) async {
    let run = outcome.run
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
