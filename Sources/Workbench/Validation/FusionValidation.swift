import GPU
import Ops
package import Tensors
import VulkanBackend

/// Compares fused dispatches, bit by bit, with the steps that they stand for.
package struct FusionValidation: Sendable {
  private let crew: DeviceCrew
  private let seed: UInt64

  package init(_ crew: DeviceCrew, seed: UInt64) {
    self.crew = crew
    self.seed = seed
  }

  /// - Parameters:
  ///   - isCPU: takes the kernels for CPU drivers or for GPUs, whatever the device is; nil takes the device's.
  ///   - report: called after each result, in no order.
  package func run(
    formats: [BlockFormat] = BlockFormat.all, isCPU: Bool? = nil,
    report: @escaping @Sendable (ValidationResult) -> Void = { _ in }
  ) async throws -> [ValidationResult] {
    let cases = try FusionCases.all.flatMap { work in formats.filter(work.suits).map { (work: work, format: $0) } }
    return try await crew.map(cases, groupedBy: { [$0.format.name] }) { current, backend in
      let result = await result(current.work, current.format, isCPU, on: backend)
      report(result)
      return result
    }
  }

  private func result(
    _ work: OperationCase, _ format: BlockFormat, _ isCPU: Bool?, on backend: VulkanBackend
  ) async -> ValidationResult {
    var result = ValidationResult(
      operation: "fusion", kernel: "fusion", format: format.name, tuning: "", caseName: work.name, verdict: .passed)
    result.checks = [.fused]
    do {
      let fused = try await backend.prepare(
        work.program, weights: try work.weights(seed: seed, format: format), limits: work.limits, forced: nil,
        isCPU: isCPU)
      let launches = try fused.launches(tokenCount: work.step.tokens.count)
      guard launches.count == 1 else {
        result.skip("no kernel of this device fuses these steps")
        return result
      }
      result.kernel = launches[0].kernelFile
      let values = work.values(seed: seed)
      let together = try await fused.run(work.step, values: values, reading: work.program.results).tensors
      let alone = try await fused.unfused().run(work.step, values: values, reading: work.program.results).tensors
      for id in work.program.results where result.verdict == .passed {
        result.compare(together[id] ?? [], alone[id] ?? [], tensor: work.program[id].name)
      }
      if let finding = try await backend.guardFindings().first, result.verdict == .passed { result.fail(finding) }
    } catch {
      result.end(with: error)
    }
    return result
  }
}
