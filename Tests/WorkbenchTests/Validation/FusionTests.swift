import Ops
import ShaderCompiler
import Tensors
import TestKit
import Testing
import VulkanBackend
import Workbench

/// Steps that share a dispatch give the bits of those steps alone.
@Suite struct FusionTests {
  private static let profile = DeviceProfile(
    subgroupSize: 8, isCPU: true, bindingByteCount: 1 << 27, bindingAlignment: 16, workgroupSize: 1024,
    capabilities: ["subgroup_arithmetic", "subgroup_shuffle", "subgroup_ballot", "int64"])

  @Test func fusedIsAlone() async throws {
    let device = try VulkanTestDevice.shared()
    let results = try await FusionValidation(DeviceCrew([device.backend]), seed: 5).run(
      formats: [.bf16, .q4_k], isCPU: true)
    #expect(results.count == 20 && results.allSatisfy { $0.verdict == .passed && $0.kernel == "linear_lane" })
    for result in results where result.verdict != .passed { Issue.record("\(result)") }
  }

  @Test func fusedIsAloneOnGPUs() async throws {
    let device = try VulkanTestDevice.shared()
    let results = try await FusionValidation(DeviceCrew([device.backend]), seed: 5).run(formats: [.q8_0], isCPU: false)
    #expect(results.count == 10 && results.allSatisfy { $0.verdict == .passed && $0.kernel == "linear_subgroup" })
    for result in results where result.verdict != .passed { Issue.record("\(result)") }
  }

  static let faults = [
    PlantedFault(
      "residual left out", "linear_lane.bf16",
      [PlantedFault.Edit(file: "linear_tail.glsl", original: "other[i] + value", planted: "value")], check: .fused),
    PlantedFault(
      "partner one row further", "linear_lane.bf16",
      [PlantedFault.Edit(file: "linear_lane.comp", original: "(r & 1) * params.partner", planted: "(r & 1)")],
      check: .fused),
    PlantedFault(
      "weight of the norm left out", "linear_lane.bf16",
      [PlantedFault.Edit(file: "linear_lane.comp", original: "norm_quad(quad)", planted: "vec4(1)")], check: .fused),
    PlantedFault(
      "key stored as value", "linear_lane.bf16",
      [
        PlantedFault.Edit(
          file: "linear_tail.glsl", original: "store(is_key, slot * half_width + i / 2, first)",
          planted: "store(!is_key, slot * half_width + i / 2, first)")
      ], check: .fused),
  ]

  @Test(arguments: faults) func aFaultIsFound(_ fault: PlantedFault) async throws {
    let device = try VulkanTestDevice(pack: try fault.pack())
    let results = try await FusionValidation(DeviceCrew([device.backend]), seed: 5).run(formats: [.bf16], isCPU: true)
    let failures = results.filter { $0.verdict == .failed }
    #expect(!failures.isEmpty && failures.count < results.count && failures.allSatisfy { $0.checks == [.fused] })
  }

  /// One dispatch where a kernel can, as many as steps where one asks for it or where there are many rows.
  @Test(arguments: FusionCases.Tail.allCases) func dispatches(_ tail: FusionCases.Tail) throws {
    let program = try FusionCases.program(norm: true, tail: tail)
    let profile = Self.profile
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
    var program = try FusionCases.program(norm: true, tail: .add)
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
      profile: Self.profile, weightSegments: [:], availableVariants: [])
    let (ids, arena) = planner.arena()
    let places = Dictionary(uniqueKeysWithValues: zip(ids, arena.offsets))
    for index in stride(from: 0, to: program.steps.count, by: 2) {
      let way = try #require(program.fusions(at: index).first)
      for id in way.inputs where places[id] != nil { #expect(places[id] != places[way.output]) }
    }
  }
}
