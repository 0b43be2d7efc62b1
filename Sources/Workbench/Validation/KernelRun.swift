import Ops
import Tensors
import VulkanBackend

/// One kernel with one tuning on one case, as `Validation` runs it; `KernelRun+Gates.swift` compares it with itself.
struct KernelRun: Sendable {
  let backend: VulkanBackend
  let current: ValidationCase
  let kernel: any Kernel
  let tuning: Tuning
  let seed: UInt64

  /// What a run left in the program's results.
  typealias Results = [TensorID: [Float]]

  /// A run that broke a rule: which, where, and what to capture so that it can be shown again.
  struct Failure {
    let reason: String
    let fault: ValidationResult.Fault?
    /// Nil where a capture of one run would not show it.
    let suspect: Suspect?
  }

  /// A run and what it should have given.
  struct Suspect: Sendable {
    let prepared: VulkanProgram
    let step: StepInputs
    let values: Results
    let wanted: Results
    /// For each element how far it may be away, infinite where it is not looked at; a tensor that is missing here must have
    /// the same bits.
    var bounds: [TensorID: [Float]] = [:]
  }

  var candidate: OperationCase { current.candidate }
  var values: Results { candidate.values(seed: seed) }
  var output: TensorID { candidate.program.steps[0].outputs[0] }

  /// - Parameters:
  ///   - limits: other than the case's own.
  ///   - weightChunkByteCount: cuts weights into chunks of so many bytes.
  func prepare(limits: ExecutionLimits? = nil, weightChunkByteCount: Int? = nil) async throws -> VulkanProgram {
    try await backend.prepare(
      candidate.program, weights: current.weights, limits: limits ?? candidate.limits, forced: (kernel, tuning),
      weightChunkByteCount: weightChunkByteCount)
  }

  func results(of prepared: VulkanProgram) async throws -> Results {
    try await prepared.run(candidate.step, values: values, reading: candidate.program.results).tensors
  }

  /// The first element of the results whose bits differ; one NaN is as good as another.
  func difference(_ actual: Results, _ wanted: Results) -> ValidationResult.Fault? {
    for id in candidate.program.results {
      let (given, expected) = (actual[id] ?? [], wanted[id] ?? [])
      let index = zip(given, expected).enumerated().first {
        $1.0.bitPattern != $1.1.bitPattern && !($1.0.isNaN && $1.1.isNaN)
      }?
      .offset
      guard let index = index ?? (given.count == expected.count ? nil : min(given.count, expected.count)) else {
        continue
      }
      return fault(of: id, index, expected: expected.dropFirst(index).first, actual: given.dropFirst(index).first)
    }
    return nil
  }

  func fault(of id: TensorID, _ index: Int, expected: Float?, actual: Float?) -> ValidationResult.Fault {
    ValidationResult.Fault(tensor: candidate.program[id].name, index: index, expected: expected, actual: actual)
  }
}
