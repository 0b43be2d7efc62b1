import Ops
import Tensors
import VulkanBackend

/// One kernel with one tuning on one case, and the runs of it that must give the same bits.
struct KernelRun: Sendable {
  let backend: VulkanBackend
  let current: ValidationCase
  let kernel: any Kernel
  let tuning: Tuning
  let seed: UInt64

  var candidate: OperationCase { current.candidate }
  var values: [TensorID: [Float]] { candidate.values(seed: seed) }
  private var output: TensorID { candidate.program.steps[0].outputs[0] }

  /// What one check of bits found.
  struct Gate {
    let check: ValidationCheck
    let reason: String
    let fault: ValidationResult.Fault?
  }

  func prepare() async throws -> VulkanProgram {
    try await backend.prepare(
      candidate.program, weights: current.weights, limits: candidate.limits, forced: (kernel, tuning))
  }

  func outputs(of prepared: VulkanProgram) async throws -> StepOutputs {
    try await prepared.run(candidate.step, values: values, reading: candidate.program.results)
  }

  /// The bits of all results, one after the other.
  func bits(of outputs: StepOutputs) -> [UInt32] {
    candidate.program.results.flatMap { (outputs.tensors[$0] ?? []).map(\.bitPattern) }
  }

  /// The checks that apply, each with its first differing element.
  func gates(_ prepared: VulkanProgram, bits: [UInt32], usualBits: [UInt32]?) async throws -> [Gate] {
    if let usualBits {
      return [gate(.tuning, bits, usualBits, "another tuning of the kernel gives other bits")]
    }
    var gates = [
      gate(.twice, self.bits(of: try await outputs(of: prepared)), bits, "a second run gives other bits")
    ]
    for row in rowsToRunAlone {
      let (alone, company) = (try await alone(row), rowBits(row, of: bits))
      gates.append(gate(.alone, alone, company, "row \(row) has other bits alone than in company", from: row))
    }
    if candidate.cacheFormat != nil {
      let moved = try await withPagesMoved(prepared)
      gates.append(gate(.pages, moved, bits, "bits depend on where the pages of the cache lie"))
    }
    return gates
  }

  private func gate(
    _ check: ValidationCheck, _ actual: [UInt32], _ expected: [UInt32], _ reason: String, from row: Int = 0
  ) -> Gate {
    let pairs = zip(actual, expected).enumerated()
    let difference = pairs.first { _, pair in
      pair.0 != pair.1 && !(Float(bitPattern: pair.0).isNaN && Float(bitPattern: pair.1).isNaN)
    }
    guard actual.count == expected.count, let difference else {
      let missing = actual.count == expected.count ? nil : fault(row, 0, .nan, .nan)
      return Gate(check: check, reason: reason, fault: missing)
    }
    let (index, (given, wanted)) = difference
    let fault = fault(row, index, Float(bitPattern: wanted), Float(bitPattern: given))
    return Gate(check: check, reason: "\(reason): element \(fault.index) of \(fault.tensor)", fault: fault)
  }

  private func fault(_ row: Int, _ index: Int, _ expected: Float, _ actual: Float) -> ValidationResult.Fault {
    let columns = candidate.program[output].columns
    return ValidationResult.Fault(
      tensor: candidate.program[output].name, index: row * columns + index, expected: "\(expected)",
      actual: "\(actual)", bound: 0)
  }

  // MARK: - One row

  /// Rows of the output: the first, one in the middle and the last, where there are several.
  private var rowsToRunAlone: [Int] {
    let count = candidate.step.size.rows(candidate.program[output].rows)
    return count < 2 ? [] : Set([0, count / 2, count - 1]).sorted()
  }

  private func rowBits(_ row: Int, of bits: [UInt32]) -> [UInt32] {
    var start = 0
    for id in candidate.program.results {
      let tensor = candidate.program[id]
      if id == output { return Array(bits[(start + row * tensor.columns)..<(start + (row + 1) * tensor.columns)]) }
      start += count(of: tensor)
    }
    return []
  }

  private func count(of tensor: ProgramTensor) -> Int {
    if tensor.isKeyValueCache { return 2 * candidate.limits.pageCount * ExecutionLimits.pageLength * tensor.columns }
    return candidate.step.size.rows(tensor.rows) * tensor.columns
  }

  /// The bits of one row of the output, computed as a step of its own: on the same kernel, or where that takes no single
  /// row, on the one that the plan takes.
  private func alone(_ outputRow: Int) async throws -> [UInt32] {
    let step = candidate.step
    let isOutput = candidate.program[output].rows == .outputs
    let row = isOutput ? Int(step.outputRows[outputRow]) : outputRow
    var limits = candidate.limits
    (limits.tokenCount, limits.outputCount) = (1, 1)
    let single = StepInputs(
      tokens: [step.tokens[row]], positions: [step.positions[row]], sequences: [step.sequences[row]],
      pageTables: step.pageTables, outputRows: [0])
    var values = values
    for (id, all) in values where !candidate.program[id].isKeyValueCache {
      let columns = candidate.program[id].columns
      let place = candidate.program[id].rows == .outputs ? outputRow : row
      values[id] = Array(all[(place * columns)..<((place + 1) * columns)])
    }
    let request = try current.request(on: backend, limits: limits)
    let servesOne = kernel.launches(for: request, tuning: kernel.tuning(for: request)) != nil
    let prepared = try await backend.prepare(
      candidate.program, weights: current.weights, limits: limits,
      forced: servesOne ? (kernel, kernel.tuning(for: request)) : nil)
    let outputs = try await prepared.run(single, values: values, reading: [output])
    return (outputs.tensors[output] ?? []).map(\.bitPattern)
  }

  // MARK: - Pages

  /// The bits with every page of the pool at another place, as if nothing had moved.
  private func withPagesMoved(_ prepared: VulkanProgram) async throws -> [UInt32] {
    var step = candidate.step
    let last = Int32(candidate.limits.pageCount - 1)
    step.pageTables = step.pageTables.map { $0.map { last - $0 } }
    var values = values
    for (id, all) in values where candidate.program[id].isKeyValueCache { values[id] = reversedPages(all, of: id) }
    let outputs = try await prepared.run(step, values: values, reading: candidate.program.results)
    return candidate.program.results.flatMap { id -> [UInt32] in
      let given = outputs.tensors[id] ?? []
      return (candidate.program[id].isKeyValueCache ? reversedPages(given, of: id) : given).map(\.bitPattern)
    }
  }

  private func reversedPages(_ values: [Float], of id: TensorID) -> [Float] {
    let page = ExecutionLimits.pageLength * candidate.program[id].columns
    let pages = candidate.limits.pageCount
    guard values.count == 2 * pages * page else { return values }
    var reversed: [Float] = []
    for half in 0..<2 {
      for place in (0..<pages).reversed() {
        let start = (half * pages + place) * page
        reversed += values[start..<(start + page)]
      }
    }
    return reversed
  }
}
