import Ops
import ShaderCompiler
import Tensors
import TestKit
import Testing
import VulkanBackend

/// Steps that share a dispatch give the bits of those steps alone.
@Suite struct FusionTests {
  enum Tail: String, CaseIterable { case none, add, swiglu, rotaryStore }

  /// norm? → linear → tail, with a reader of its own for each result.
  static func program(norm: Bool, tail: Tail, columns: Int) throws -> Program {
    var program = Program()
    let (heads, keyValueHeads, headDimension) = (4, 2, 32)
    let rows = tail == .rotaryStore ? (heads + 2 * keyValueHeads) * headDimension : 150
    var x = program.input("x", rows: .tokens, columns: columns)
    let matrix = program.weight(["matrix"], rows: rows, columns: columns)
    if norm {
      x = try program.append(
        RMSNorm(epsilon: 1e-5), [x, program.weight(["norm"], rows: 1, columns: columns)], name: "norm")
    }
    let product = try program.append(Linear(), [x, matrix], name: "product")
    switch tail {
    case .none: program.keep(product)
    case .add:
      let residual = program.input("residual", rows: .tokens, columns: rows)
      program.keep(try program.append(Add(), [residual, product], name: "sum"))
    case .swiglu: program.keep(try program.append(SwiGLU(), [product], name: "activated"))
    case .rotaryStore:
      let table = program.rotaryTable(RotaryFrequencies(base: 10000, dimension: headDimension, scaling: .none))
      let cache = program.keyValueCache(layer: 0, heads: keyValueHeads, headDimension: headDimension)
      program.keep(
        try program.append(
          RotaryStore(heads: heads, keyValueHeads: keyValueHeads, headDimension: headDimension),
          [product, table, cache], name: "q"))
      program.keep(cache)
    }
    return program
  }

  @Test(arguments: [BlockFormat.bf16, .q4_k], Tail.allCases)
  func fusedIsAlone(_ format: BlockFormat, _ tail: Tail) async throws {
    try await compare(format, tail, isCPU: true)
  }

  @Test(arguments: Tail.allCases) func fusedIsAloneOnGPUs(_ tail: Tail) async throws {
    try await compare(.q8_0, tail, isCPU: false)
  }

  private func compare(_ format: BlockFormat, _ tail: Tail, isCPU: Bool) async throws {
    let backend = try VulkanTestDevice.shared().backend
    let columns = format == .q4_k ? 512 : 96
    for (norm, tokens, keyValueFormat) in [(false, 1, BlockFormat.f16), (true, 1, .f32), (true, 3, .f16)] {
      guard norm || tail != .none else { continue }
      let work = OperationCase(
        "fused", try Self.program(norm: norm, tail: tail, columns: columns),
        tokens: tokens, start: 70, outputRows: [0], keyValueFormat: keyValueFormat)
      let weights = try work.weights(seed: 5, format: format)
      let fused = try await backend.prepare(
        work.program, weights: weights, limits: work.limits, forced: nil, isCPU: isCPU)
      let results = work.program.results
      let values = work.values(seed: 6)
      let together = try await fused.run(work.step, values: values, reading: results).tensors
      let alone = try await fused.unfused().run(work.step, values: values, reading: results).tensors
      for id in results {
        let wanted = try #require(alone[id]).map(\.bitPattern)
        #expect(together[id]?.map(\.bitPattern) == wanted, "\(work.program[id].name), \(tokens) tokens")
      }
    }
  }

  /// One dispatch where a kernel can, as many as steps where one asks for it or where there are many rows.
  @Test(arguments: Tail.allCases) func dispatches(_ tail: Tail) throws {
    let program = try Self.program(norm: true, tail: tail, columns: 96)
    var profile = PlannerTests.cpu
    profile.capabilities.formUnion(["subgroup_ballot", "int64"])
    var planner = Planner(
      program: program, limits: ExecutionLimits(tokenCount: 64, pageCount: 1, pagesPerSequence: 1), profile: profile,
      weightSegments: try program.segments(
        of: OperationCase(
          "fused", program, tokens: 1, start: 0, outputRows: [0]
        ).weights(seed: 1, format: .bf16)),
      availableVariants: Set(try KernelPack.embedded().variants.map(\.name)))
    #expect(try planner.launches(tokenCount: 1).count == 1)
    #expect(try planner.launches(tokenCount: 64).count == program.steps.count)
    planner.fusesSteps = false
    #expect(try planner.launches(tokenCount: 1).count == program.steps.count)
  }

  /// A product that something else reads as well must be written.
  @Test func whatIsReadTwiceStays() throws {
    var program = try Self.program(norm: true, tail: .add, columns: 96)
    program.keep(program.steps[1].outputs[0])
    #expect(program.fusions(at: 0).map(\.indices) == [0..<2])
    #expect(program.fusions(at: 1).isEmpty)
  }

  /// What a fused dispatch reads may not lie where it writes.
  @Test func activationsOfAFusedDispatchLieApart() throws {
    var program = Program()
    let x = program.input("x", rows: .tokens, columns: 64)
    var y = x
    for layer in 0..<3 {
      let matrix = program.weight(["w\(layer)"], rows: 64, columns: 64)
      let product = try program.append(Linear(), [y, matrix], name: "product")
      y = try program.append(Add(), [y, product], name: "sum")
    }
    program.keep(y)
    let planner = Planner(
      program: program, limits: ExecutionLimits(tokenCount: 1, pageCount: 1, pagesPerSequence: 1),
      profile: PlannerTests.cpu, weightSegments: [:], availableVariants: [])
    let (ids, arena) = planner.arena()
    let places = Dictionary(uniqueKeysWithValues: zip(ids, arena.offsets))
    for index in stride(from: 0, to: program.steps.count, by: 2) {
      let way = try #require(program.fusions(at: index).first)
      for id in way.inputs where places[id] != nil { #expect(places[id] != places[way.output]) }
    }
  }
}
