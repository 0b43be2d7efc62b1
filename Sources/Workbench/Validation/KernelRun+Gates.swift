import Ops
import Tensors
import VulkanBackend

/// The runs that must give the bits of the first one.
extension KernelRun {
  /// A rule and the look at it: nil where it holds.
  struct Gate {
    let check: ValidationCheck
    let failure: () async throws -> Failure?
  }

  /// Those that apply to this case, cheapest first.
  ///
  /// - Parameters:
  ///   - results: of the run as `prepared`.
  ///   - usual: those of the kernel's default tuning, where this run has another: then only they count.
  func gates(
    _ prepared: VulkanProgram, _ results: Results, usual: Results?, _ expectation: Expectation
  ) -> [Gate] {
    if let usual {
      return [
        Gate(check: .tuning) { compare(prepared, results, usual, "another tuning of the kernel gives other bits") }
      ]
    }
    var gates = [
      Gate(check: .twice) {
        // Captured is the first run, which `ReplayBundle` runs a second time as well.
        guard let fault = difference(try await self.results(of: prepared), results) else { return nil }
        let suspect = Suspect(prepared: prepared, step: candidate.step, values: values, wanted: results)
        return Failure(reason: "a second run gives other bits: \(fault)", fault: fault, suspect: suspect)
      }
    ]
    if candidate.program.logits != nil { gates.append(Gate(check: .chained) { try await chained(prepared, results) }) }
    if candidate.cacheFormat != nil { gates.append(Gate(check: .pages) { try await pagesMoved(prepared, results) }) }
    if rowCount > 1 { gates.append(Gate(check: .alone) { try await alone(prepared, results, expectation) }) }
    if let limits = try? largerLimits { gates.append(Gate(check: .bucket) { try await inLargerPlan(limits, results) }) }
    if let byteCount = chunkByteCount { gates.append(Gate(check: .chunks) { try await inChunks(byteCount, results) }) }
    return gates
  }

  private func compare(
    _ prepared: VulkanProgram, _ results: Results, _ wanted: Results, _ reason: String
  ) -> Failure? {
    guard let fault = difference(results, wanted) else { return nil }
    let suspect = Suspect(prepared: prepared, step: candidate.step, values: values, wanted: wanted)
    return Failure(reason: "\(reason): \(fault)", fault: fault, suspect: suspect)
  }

  // MARK: - Rows

  private var rowCount: Int { candidate.step.size.rows(candidate.program[output].rows) }

  /// The first, the middle and the last row, each as a step of its own: on the same kernel, or where that takes no single
  /// row, on the one that a plan takes of those for the same kind of device.
  private func alone(
    _ prepared: VulkanProgram, _ results: Results, _ expectation: Expectation
  ) async throws -> Failure? {
    var limits = candidate.limits
    (limits.tokenCount, limits.outputCount) = (1, 1)
    let request = try current.request(on: backend, limits: limits)
    let peers = KernelCatalogue.kernels(for: current.operation, on: backend.profile)
      .filter { $0.suits(backend.profile) == kernel.suits(backend.profile) }
    let kernels = [kernel] + peers
    guard
      let serving = kernels.first(where: { backend.canRun($0, $0.tuning(for: request), for: request) })
    else { return nil }
    let single = try await backend.prepare(
      candidate.program, weights: current.weights, limits: limits,
      forced: (serving, serving.tuning(for: request)))
    let columns = candidate.program[output].columns
    for row in Set([0, rowCount / 2, rowCount - 1]).sorted() {
      let (step, values) = only(row)
      let given = try await single.run(step, values: values, reading: [output]).tensors[output] ?? []
      // What another kernel does wrong on its own is told where that kernel is checked.
      if serving.file != kernel.file, !expectation.accepts(given, at: row * columns) { continue }
      var wanted = results
      wanted[output]?.replaceSubrange((row * columns)..<((row + 1) * columns), with: given)
      guard let fault = difference(results, wanted) else { continue }
      var bounds = (results[output] ?? []).map { _ in Float.infinity }
      for index in (row * columns)..<((row + 1) * columns) { bounds[index] = 0 }
      let place = serving.file == kernel.file ? "alone" : "alone, on \(serving.file),"
      return Failure(
        reason: "row \(row) has other bits \(place) than in company: \(fault)", fault: fault,
        suspect: Suspect(
          prepared: prepared, step: candidate.step, values: self.values, wanted: [output: wanted[output] ?? []],
          bounds: [output: bounds]))
    }
    return nil
  }

  /// A step of one row of the output, with what it reads.
  private func only(_ outputRow: Int) -> (step: StepInputs, values: Results) {
    let step = candidate.step
    let row = candidate.program[output].rows == .outputs ? Int(step.outputRows[outputRow]) : outputRow
    let single = StepInputs(
      tokens: [step.tokens[row]], positions: [step.positions[row]], sequences: [step.sequences[row]],
      pageTables: step.pageTables, outputRows: [0], sampling: step.sampling, histories: step.histories)
    var values = values
    for (id, all) in values where !candidate.program[id].isKeyValueCache {
      let columns = candidate.program[id].columns
      let place = candidate.program[id].rows == .outputs ? outputRow : row
      values[id] = Array(all[(place * columns)..<((place + 1) * columns)])
    }
    return (single, values)
  }

  /// Limits whose plan has more rows than the step, by far where the kernel serves so many; nil where a plan has none.
  private var largerLimits: ExecutionLimits? {
    get throws(TensorError) {
      var limits = candidate.limits
      let tokens = candidate.step.tokens.count
      limits.outputCount += 2
      for tokenCount in [4 * tokens + 3, tokens + 1] {
        limits.tokenCount = tokenCount
        let hasMore = Planner.bucket(for: tokens, of: limits) > rowCount
        let request = try current.request(on: backend, limits: limits)
        if hasMore, backend.canRun(kernel, tuning, for: request) { return limits }
      }
      return nil
    }
  }

  /// A step of every planned row runs first, as in a busy engine, so that the rows behind the case's hold something.
  private func inLargerPlan(_ limits: ExecutionLimits, _ wanted: Results) async throws -> Failure? {
    let larger = try await prepare(limits: limits)
    let columns = candidate.program[output].columns
    let tokens = Planner.bucket(for: candidate.step.tokens.count, of: limits)
    var full = candidate.step
    full.tokens = full.tokens.cycled(to: tokens)
    full.positions = full.positions.cycled(to: tokens)
    full.sequences = full.sequences.cycled(to: tokens)
    full.outputRows = full.outputRows.cycled(to: min(tokens, limits.outputCount))
    var (values, others) = (values, values)
    for (id, own) in values where !candidate.program[id].isKeyValueCache {
      let all = own.cycled(to: full.size.rows(candidate.program[id].rows) * candidate.program[id].columns)
      others[id] = all
      // What the step does not have is other now: a row that is computed all the same shows.
      values[id] = own + all.dropFirst(own.count).map { -$0 }
    }
    _ = try await larger.run(full, values: others, reading: [])
    let before = try await larger.plannedRows(of: output)
    let given = try await larger.run(candidate.step, values: values, reading: candidate.program.results).tensors
    let after = try await larger.plannedRows(of: output)
    // A replay begins with NaN, and what is not written stays so.
    var padded = wanted
    padded[output, default: []] += [Float](repeating: .nan, count: after.count - rowCount * columns)
    let suspect = Suspect(prepared: larger, step: candidate.step, values: values, wanted: padded)
    if let fault = difference(given, wanted) {
      return Failure(reason: "in a plan for more rows bits differ: \(fault)", fault: fault, suspect: suspect)
    }
    let touched = after.indices.dropFirst(rowCount * columns).first { after[$0].bitPattern != before[$0].bitPattern }
    guard let touched else { return nil }
    let fault = fault(of: output, touched, expected: before[touched], actual: after[touched])
    return Failure(
      reason: "in a plan for more rows one is written that the step does not have: \(fault)", fault: fault,
      suspect: suspect)
  }

  // MARK: - Weights and pages

  /// Bytes of a chunk so that the case's matrix falls into three, the last one short; nil without one worth it.
  private var chunkByteCount: Int? {
    let most = 1 << 22
    for tensor in candidate.program.tensors where tensor.weightNames != nil {
      guard case .fixed(let rows) = tensor.rows, rows > 2, rows * tensor.columns <= most else { continue }
      return (rows / 3 + 1) * (current.format.planeRowByteCounts(columnCount: tensor.columns).max() ?? 0)
    }
    return nil
  }

  private func inChunks(_ byteCount: Int, _ wanted: Results) async throws -> Failure? {
    let cut = try await prepare(weightChunkByteCount: byteCount)
    return compare(cut, try await results(of: cut), wanted, "bits differ where the weight is cut into chunks of rows")
  }

  /// Every page of the pool at another place, as if nothing had moved.
  private func pagesMoved(_ prepared: VulkanProgram, _ wanted: Results) async throws -> Failure? {
    var step = candidate.step
    let last = Int32(candidate.limits.pageCount - 1)
    step.pageTables = step.pageTables.map { $0.map { last - $0 } }
    let moved = reversedPages(values)
    let outputs = try await prepared.run(step, values: moved, reading: candidate.program.results)
    guard let fault = difference(reversedPages(outputs.tensors), wanted) else { return nil }
    return Failure(
      reason: "bits depend on where the pages of the cache lie: \(fault)", fault: fault,
      suspect: Suspect(prepared: prepared, step: step, values: moved, wanted: reversedPages(wanted)))
  }

  private func reversedPages(_ tensors: Results) -> Results {
    var result = tensors
    for (id, values) in tensors where candidate.program[id].isKeyValueCache {
      let page = ExecutionLimits.pageLength * candidate.program[id].columns
      let pages = candidate.limits.pageCount
      guard values.count == 2 * pages * page else { continue }
      var reversed: [Float] = []
      for half in 0..<2 {
        for place in (0..<pages).reversed() {
          let start = (half * pages + place) * page
          reversed += values[start..<(start + page)]
        }
      }
      result[id] = reversed
    }
    return result
  }

  // MARK: - Chained steps

  /// The same logits several times in one submission: ids in the ring, the last one fed back, as in steps of their own.
  private func chained(_ prepared: VulkanProgram, _ results: Results) async throws -> Failure? {
    var step = candidate.step
    guard step.outputRows == step.tokens.indices.map({ Int32($0) }) else { return nil }
    let (wanted, logProbabilities) = try await oneByOne(prepared, results)
    step.repeatCount = Self.chainLength
    let outputs = try await prepared.run(step, values: values, reading: [])
    guard outputs.logProbabilities == logProbabilities else {
      return Failure(reason: "chained steps leave other log-probabilities in the ring", fault: nil, suspect: nil)
    }
    let pairs = zip(outputs.sampled.ids, wanted.joined())
    if let (index, pair) = pairs.enumerated().first(where: { $0.element.0 != $0.element.1 }) {
      return Failure(
        reason: "chained steps leave \(pair.0) instead of \(pair.1) as id \(index) in the ring", fault: nil,
        suspect: nil)
    }
    let (tokens, positions) = try await prepared.stepState(rowCount: step.tokens.count)
    let last = wanted[wanted.count - 1]
    for row in tokens.indices
    where tokens[row] != last[row] || Int(positions[row]) != Int(step.positions[row]) + Self.chainLength {
      return Failure(
        reason: "after chained steps row \(row) has token \(tokens[row]) at position \(positions[row]) instead of "
          + "\(last[row]) at \(Int(step.positions[row]) + Self.chainLength)", fault: nil, suspect: nil)
    }
    return nil
  }

  /// What chained steps should leave in the rings, from steps of their own, the first of which gave `results`.
  private func oneByOne(
    _ prepared: VulkanProgram, _ results: Results
  ) async throws -> (ids: [[Int32]], logProbabilities: [[TokenLogProbabilities?]]) {
    let columns = candidate.program[output].columns
    var step = candidate.step
    var (ids, logProbabilities): ([[Int32]], [[TokenLogProbabilities?]]) = ([], [])
    var tensor = results[output] ?? []
    for place in 0..<Self.chainLength {
      if place > 0 { tensor = try await prepared.run(step, values: values, reading: [output]).tensors[output] ?? [] }
      let rows = tensor
      ids.append(step.outputRows.indices.map { Int32(rows[$0 * columns]) })
      if step.asksForLogProbabilities {
        logProbabilities.append(step.logProbabilities { rows[($0 * columns + 1)..<(($0 + 1) * columns)] })
      }
      step.advance(ids[place])
    }
    return (ids, logProbabilities)
  }

  private static let chainLength = 3
}

extension Array {
  /// Its elements over and over.
  fileprivate func cycled(to count: Int) -> [Element] { isEmpty ? [] : (0..<count).map { self[$0 % self.count] } }
}
