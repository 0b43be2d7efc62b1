import Ops
import ShaderCompiler
import Tensors
import Testing
import VulkanBackend

/// Policy without a GPU.
@Suite struct PlannerTests {
  static let cpu = DeviceProfile(
    subgroupSize: 8, isCPU: true, bindingByteCount: 1 << 27, bindingAlignment: 16, workgroupSize: 1024,
    capabilities: ["subgroup_arithmetic", "subgroup_shuffle"])
  static var gpu: DeviceProfile {
    var profile = cpu
    profile.subgroupSize = 32
    profile.isCPU = false
    profile.planeRows = 1
    return profile
  }

  static func planner(_ profile: DeviceProfile, rows: Int = 300, columns: Int = 64) throws -> Planner {
    var program = Program()
    let x = program.input("x", rows: .tokens, columns: columns)
    let weight = program.weight(["w"], rows: rows, columns: columns)
    program.keep(try program.append(Linear(), [x, weight], name: "y"))
    let limits = ExecutionLimits(tokenCount: 64, pageCount: 1, pagesPerSequence: 1)
    return Planner(
      program: program, limits: limits, profile: profile, weightSegments: [weight: [WeightRows(0..<rows, .bf16)]],
      availableVariants: Set(try KernelPack.embedded().variants.map(\.name)))
  }

  @Test func eachKindOfDeviceGetsItsKernel() throws {
    #expect(try Self.planner(Self.cpu).launches(tokenCount: 1).map(\.launch.variant) == ["linear_lane.bf16"])
    #expect(try Self.planner(Self.gpu).launches(tokenCount: 1).map(\.launch.variant) == ["linear_subgroup.bf16"])
  }

  @Test func largeWeightsAreSplitByRows() throws {
    var profile = Self.cpu
    profile.weightChunkByteCount = 100 * 128
    let planner = try Self.planner(profile)
    #expect(planner.chunks(of: TensorID(1)).map(\.range) == [0..<96, 96..<192, 192..<288, 288..<300])
    #expect(try planner.launches(tokenCount: 1).count == 4)
    profile = Self.gpu
    profile.weightChunkByteCount = 100 * 128
    #expect(try Self.planner(profile).chunks(of: TensorID(1)).map(\.range) == [0..<100, 100..<200, 200..<300])
  }

  @Test func missingVariantIsASentence() throws {
    let full = try Self.planner(Self.cpu)
    let planner = Planner(
      program: full.program, limits: full.limits, profile: full.profile, weightSegments: full.weightSegments,
      availableVariants: [])
    #expect { try planner.launches(tokenCount: 1) } throws: { "\($0)".contains("no kernel computes linear") }
  }

  /// One request in an engine for many is planned as in an engine for one.
  @Test(arguments: [cpu, gpu]) func aPlanHasNoMoreOutputRowsThanTokens(_ profile: DeviceProfile) throws {
    var program = Program()
    let x = program.input("x", rows: .tokens, columns: 256)
    let selected = try program.append(SelectRows(), [x], name: "selected")
    let norm = program.weight(["norm"], rows: 1, columns: 256)
    let normalised = try program.append(RMSNorm(epsilon: 1e-5), [selected, norm], name: "norm")
    let head = program.weight(["head"], rows: 300, columns: 256)
    program.setLogits(try program.append(Linear(), [normalised, head], name: "logits"))
    func plan(tokens: Int, outputs: Int) throws -> [String] {
      let planner = Planner(
        program: program,
        limits: ExecutionLimits(tokenCount: 64, outputCount: outputs, pageCount: 1, pagesPerSequence: 1),
        profile: profile, weightSegments: [norm: [WeightRows(0..<1, .f32)], head: [WeightRows(0..<300, .bf16)]],
        availableVariants: Set(try KernelPack.embedded().variants.map(\.name)))
      return try planner.launches(tokenCount: tokens).map(\.launch).map {
        "\($0.variant) \($0.constants.sorted { $0.key < $1.key }) \($0.groups)"
      }
    }
    #expect(try plan(tokens: 1, outputs: 16) == plan(tokens: 1, outputs: 1))
    #expect(try plan(tokens: 4, outputs: 16) == plan(tokens: 4, outputs: 4))
    #expect(try plan(tokens: 64, outputs: 16) != plan(tokens: 64, outputs: 1))
  }

  @Test func bucketsHoldEveryStep() {
    #expect(Planner.buckets(tokenCount: 1) == [1])
    #expect(Planner.buckets(tokenCount: 100) == [1, 2, 4, 8, 16, 64, 100])
  }

  @Test func arenaSharesMemoryOnlyWhereLifetimesAllow() {
    let requests = [
      ActivationArena.Request(byteCount: 100, lifetime: 0...1), .init(byteCount: 60, lifetime: 1...2),
      .init(byteCount: 90, lifetime: 2...3), .init(byteCount: 10, lifetime: 0...3),
    ]
    let arena = ActivationArena(requests, alignment: 16)
    for (i, a) in requests.enumerated() {
      for (j, b) in requests.enumerated() where i < j && a.lifetime.overlaps(b.lifetime) {
        let first = arena.offsets[i]..<(arena.offsets[i] + a.byteCount)
        #expect(!first.overlaps(arena.offsets[j]..<(arena.offsets[j] + b.byteCount)))
      }
    }
    #expect(arena.byteCount < 260)
    #expect(arena.offsets.allSatisfy { $0.isMultiple(of: 16) })
  }

  @Test func everyShaderHasAKernelAndEveryKernelAShader() throws {
    let files = Set(try KernelPack.embedded().variants.filter { $0.manifest.op != "probe" }.map(\.file))
    #expect(files == Set(KernelCatalogue.all.flatMap(\.files)))
  }

  @Test func memoryThatDoesNotSufficeIsToldBeforehand() throws {
    let planner = try Self.planner(Self.cpu)
    let plan = MemoryPlan(planner, layout: StepLayout(planner.limits, vocabularySize: planner.program.logitCount))
    #expect(plan.uses.first == MemoryUse(purpose: "weights", byteCount: 304 * 128))
    try plan.check(available: plan.byteCount, deviceName: "a device")
    #expect { try plan.check(available: plan.byteCount - 1, deviceName: "a device") } throws: { error in
      let text = "\(error)"
      return text.contains("a device has") && text.contains("weights") && text.contains("--context")
    }
  }

  @Test func stepBytesHoldWhatShadersRead() {
    let limits = ExecutionLimits(tokenCount: 4, outputCount: 2, sequenceCount: 2, pageCount: 9, pagesPerSequence: 3)
    let layout = StepLayout(limits, vocabularySize: 40)
    let inputs = StepInputs(
      tokens: [5, 6], positions: [7, 0], sequences: [0, 1], pageTables: [[1, 2], [3]], outputRows: [1], repeatCount: 1)
    var bytes = [UInt8](repeating: 0, count: layout.ringByteOffset)
    var span = bytes.mutableSpan
    var raw = span.mutableBytes
    layout.write(inputs, into: &raw)
    let words = stride(from: 0, to: bytes.count, by: 4).map { Int(bytes[$0]) }
    let header = 20
    #expect(words[0...3] == [2, 1, 0, 3])
    #expect(words[header + words[4]] == 5 && words[header + words[5]] == 7 && words[header + words[6] + 1] == 1)
    #expect(Array(words[(header + words[8])..<(header + words[8] + 6)]) == [1, 2, 0, 3, 0, 0])
  }
}
