import GPU
import Ops
import Tensors
package import VulkanBackend

/// Compares every kernel that serves a case with the reference and with itself.
package struct Validation: Sendable {
  private let backend: VulkanBackend
  /// Inputs follow from it.
  package let seed: UInt64
  /// Only default tunings, only the comparison with the definition.
  package var isQuick = false
  /// Messages of the validation layer so far; empty where there is no layer.
  package var layerMessages: @Sendable () -> [String] = { [] }
  /// Where replay bundles of failures go; nil writes none.
  package var replayFolder: String?

  package init(_ backend: VulkanBackend, seed: UInt64) {
    self.backend = backend
    self.seed = seed
  }

  /// - Parameters:
  ///   - kernels: only those of these files; nil for all.
  ///   - report: called after each result.
  package func run(
    _ cases: [ValidationCase], kernels: Set<String>? = nil, report: (ValidationResult) -> Void = { _ in }
  ) async throws -> [ValidationResult] {
    var results: [ValidationResult] = []
    for current in cases {
      let serving = KernelCatalogue.all.filter {
        $0.operation == type(of: current.operation) && kernels?.contains($0.file) != false
      }
      guard !serving.isEmpty else { continue }
      let expectation = try await Expectation(
        current.candidate, weights: current.weights, seed: seed, numerics: Set(serving.map(\.numerics)))
      for kernel in serving {
        for result in try await run(current, kernel: kernel, expectation: expectation) {
          report(result)
          results.append(result)
        }
      }
    }
    return results
  }

  private func run(
    _ current: ValidationCase, kernel: any Kernel, expectation: Expectation
  ) async throws -> [ValidationResult] {
    let request = try current.request(on: backend)
    let usual = kernel.tuning(for: request)
    func result(_ tuning: Tuning, _ verdict: ValidationResult.Verdict, _ reason: String? = nil) -> ValidationResult {
      ValidationResult(
        operation: current.operationName, kernel: kernel.file, format: current.format.name,
        tuning: tuning.description, caseName: current.candidate.name, verdict: verdict, reason: reason)
    }
    guard let launches = kernel.launches(for: request, tuning: usual) else {
      return [result(usual, .skipped, "the kernel does not serve this case on this device")]
    }
    guard launches.allSatisfy({ backend.usableVariants.contains($0.variant) }) else {
      return [result(usual, .skipped, "the device lacks what \(launches[0].variant) requires")]
    }
    var first = result(usual, .passed)
    let bits = await check(current, kernel, usual, expectation, usualBits: nil, &first)
    var results = [first]
    guard !isQuick, let bits else { return results }
    for tuning in kernel.tunings(for: request) where tuning != usual {
      guard kernel.launches(for: request, tuning: tuning) != nil else { continue }
      var other = result(tuning, .passed)
      _ = await check(current, kernel, tuning, expectation, usualBits: bits, &other)
      results.append(other)
    }
    return results
  }

  /// Runs every check until one fails; gives the bits of the output.
  ///
  /// - Parameter usualBits: those of the kernel's default tuning, where `tuning` is another.
  private func check(
    _ current: ValidationCase, _ kernel: any Kernel, _ tuning: Tuning, _ expectation: Expectation, usualBits: [UInt32]?,
    _ result: inout ValidationResult
  ) async -> [UInt32]? {
    let run = KernelRun(backend: backend, current: current, kernel: kernel, tuning: tuning, seed: seed)
    let messagesBefore = layerMessages().count
    do {
      let prepared = try await run.prepare()
      let outputs = try await run.outputs(of: prepared)
      result.checks.append(.values)
      expectation.compare(outputs, numerics: kernel.numerics, &result)
      if result.verdict == .passed {
        result.checks.append(.memory)
        let findings = layerMessages().dropFirst(messagesBefore) + (try await backend.guardFindings())
        if let finding = findings.first { result.fail(finding) }
      }
      let bits = run.bits(of: outputs)
      if !isQuick, result.verdict == .passed {
        for gate in try await run.gates(prepared, bits: bits, usualBits: usualBits) {
          result.checks.append(gate.check)
          guard let fault = gate.fault else { continue }
          result.fault = fault
          result.fail(gate.reason)
          break
        }
      }
      if result.verdict == .failed, let replayFolder {
        result.replay = try await ReplayBundle(run, prepared: prepared, expectation: expectation, result: result)
          .write(to: replayFolder)
      }
      return bits
    } catch let error as GPUError where error.isOutOfMemory {
      result.verdict = .skipped
      result.reason = "memory does not suffice: \(error)"
    } catch {
      result.fail("\(error)")
    }
    return nil
  }
}

extension GPUError {
  var isOutOfMemory: Bool { if case .outOfMemory = kind { true } else { false } }
}
