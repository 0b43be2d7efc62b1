import GPU
package import Models
package import Ops
package import Tensors
import VulkanBackend

/// A whole model on a backend: the same bits however its text is fed, and each step within its bound of the definition.
package struct ModelValidation: Sendable {
  /// Tokens of the text: more than a page of the cache and a span of kernels that split positions hold.
  package static let tokenCount = 140
  /// Models with more parameters are not walked through: the reference would take minutes.
  package static let mostWalkedParameters = 100_000_000

  private let model: Model
  private let ids: [Int32]
  private let keyValueFormat: BlockFormat
  private let format: String

  /// - Parameter seed: the text follows from it.
  /// - Throws: `ProgramError` or `TensorError` where program and weights do not fit.
  package init(_ model: Model, seed: UInt64, keyValueFormat: BlockFormat = .f16) throws {
    self.model = model
    self.keyValueFormat = keyValueFormat
    var generator = SeededGenerator(seed: seed)
    let vocabulary = UInt64(model.architecture.vocabularySize)
    ids = (0..<Self.tokenCount).map { _ in Int32(generator.next() % vocabulary) }
    let program = try model.architecture.program()
    let segments = try program.segments(of: model.weights)
    let matrix = program.tensors.indices.first { program.tensors[$0].weightNames != nil }
    format = matrix.flatMap { segments[TensorID($0)]?.mainFormat?.name } ?? ""
  }

  private var parameterCount: Int { model.architecture.tensorShapes.reduce(0) { $0 + $1.rows * $1.columns } }

  // MARK: - Bits

  /// The text in one piece, and in every other way that must give its bits; one result for each. Where the backend rounds
  /// prompts, the text is fed as a prompt too.
  ///
  /// - Returns: also the logits of the whole, nil where they were not computed.
  package func gates(on backend: any Backend) async -> (results: [ValidationResult], logits: Logits?) {
    do {
      var run = try await ModelRun(model, on: backend, keyValueFormat: keyValueFormat)
      let answer = try await run.logits(of: ids, pieces: [ids.count])
      var results = await gates(of: run, whole: answer)
      results.append(await chained(run))
      guard run.prepared.promptNumerics != .float32 else { return (results, Logits(answer: answer, prompt: nil)) }
      run.isPrompt = true
      let prompt = try await run.logits(of: ids, pieces: [ids.count])
      results += await gates(of: run, whole: prompt)
      return (results, Logits(answer: answer, prompt: prompt))
    } catch {
      return ([await result("a text at once", .values) { _ in throw error }], nil)
    }
  }

  /// The logits behind a text, as part of an answer and as a prompt where that makes a difference.
  package struct Logits: Sendable {
    package var answer: [Float]
    package var prompt: [Float]?
  }

  private func gates(of run: ModelRun, whole: [Float]) async -> [ValidationResult] {
    let other = Array(ids.reversed().dropLast(ids.count / 3))
    // The last is planned with one row of logits, the whole with many.
    let pieces = [1, 16, ids.count - 18, 1]
    let name = run.isPrompt ? "the prompt" : "the text"
    let kernel = kernel(of: run)
    return [
      await result(
        "\(name) in pieces of \(pieces.map(String.init).joined(separator: ", "))", .pieces, kernel: kernel
      ) { result in
        result.compare(try await run.logits(of: ids, pieces: pieces), whole)
      },
      await result("\(name) on other pages", .pages, kernel: kernel) { result in
        result.compare(try await run.logits(of: ids, pieces: [ids.count], sequence: 1), whole)
      },
      await result("\(name) beside another", .alone, kernel: kernel) { result in
        result.compare(try await run.logits(together: [ids, other])[0], whole)
      },
    ]
  }

  private func chained(_ run: ModelRun) async -> ValidationResult {
    await result("greedy steps, four in a submission", .chained) { result in
      let first = try await run.step(ids[...], start: 0).outputs.sampled.ids
      var single = try await run.step(first[...], start: ids.count)
      var singleIDs = single.outputs.sampled.ids
      for step in 1..<4 {
        single = try await run.step(singleIDs.suffix(1), start: ids.count + step)
        singleIDs += single.outputs.sampled.ids
      }
      let chained = try await run.step(first[...], start: ids.count, repeatCount: 4)
      result.compare(chained.logits, single.logits)
      let chainedIDs = chained.outputs.sampled.ids
      if result.verdict == .passed, chainedIDs != singleIDs {
        result.fail("ids \(chainedIDs) instead of \(singleIDs)")
      }
    }
  }

  // MARK: - Values

  /// Every step of the model on the values that the device had for it, compared with its definition: the first tensor
  /// outside its bound is named.
  ///
  /// - Parameters:
  ///   - backend: on which every activation is kept.
  ///   - logits: of `gates`, to be met bit by bit.
  package func walk(on backend: any Backend, logits: Logits?) async -> [ValidationResult] {
    var results = [await walk(on: backend, logits: logits?.answer, isPrompt: false)]
    if let prompt = logits?.prompt { results.append(await walk(on: backend, logits: prompt, isPrompt: true)) }
    return results
  }

  private func walk(on backend: any Backend, logits: [Float]?, isPrompt: Bool) async -> ValidationResult {
    await result("each step\(isPrompt ? " of a prompt" : "") on what came before", .values) { result in
      guard parameterCount <= Self.mostWalkedParameters else {
        result.verdict = .skipped
        result.reason =
          "the reference would take too long: \(parameterCount) parameters, at most \(Self.mostWalkedParameters)"
        return
      }
      let names = try model.architecture.program().tensors
        .filter { $0.kind == .activation || $0.isKeyValueCache }.map(\.name)
      var run = try await ModelRun(model, on: backend, keyValueFormat: keyValueFormat, keeping: names)
      run.isPrompt = isPrompt
      let (kept, outputs) = try await run.step(ids[...], start: 0)
      for step in run.prepared.program.steps.indices where result.verdict == .passed {
        try await compare(step, of: run, outputs.tensors, &result)
      }
      guard let logits, result.verdict == .passed else { return }
      result.checks.append(.arena)
      result.compare(kept, logits)
    }
  }

  private func compare(
    _ index: Int, of run: ModelRun, _ tensors: [TensorID: [Float]], _ result: inout ValidationResult
  ) async throws {
    let program = run.prepared.program
    let excerpt = try program.excerpt(step: index)
    let (own, original) = (excerpt.steps[0], program.steps[index])
    var values: [TensorID: [Float]] = [:]
    for (id, source) in zip(own.inputs + own.outputs, original.inputs + original.outputs) {
      values[id] = tensors[source]
    }
    let given = values.filter { own.inputs.contains($0.key) }
    let expectation = try await Expectation(
      excerpt, step: run.inputs(ids[...], start: 0), values: given, weights: model.weights, limits: run.prepared.limits,
      numerics: run.isPrompt ? run.prepared.promptNumerics(ofStep: index) : .float32)
    expectation.compare(values, &result)
  }

  /// What a run is told under: for prompts the kernels that round them, so that it shows when plans take others.
  private func kernel(of run: ModelRun) -> String {
    let kernels = run.isPrompt ? (run.prepared as? VulkanProgram)?.promptKernels ?? [] : []
    return kernels.isEmpty ? Self.wholeModel : kernels.joined(separator: "+")
  }

  private static let wholeModel = "model"

  private func result(
    _ name: String, _ check: ValidationCheck, kernel: String = wholeModel,
    _ body: (inout ValidationResult) async throws -> Void
  ) async -> ValidationResult {
    var result = ValidationResult(
      operation: "model", kernel: kernel, format: format, tuning: "", caseName: name, verdict: .passed)
    result.checks = [check]
    do {
      try await body(&result)
    } catch {
      result.end(with: error)
    }
    return result
  }
}
