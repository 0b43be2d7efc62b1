import Ops
import ShaderCompiler
import Tensors
import Testing
import VulkanBackend

/// Which attention kernels a plan takes, and what they are launched with; without a GPU.
@Suite struct AttentionPolicyTests {
  private static func planner(
    _ attention: Attention, profile: DeviceProfile = PlannerTests.gpu, context: Int = 4096, tokens: Int = 512
  ) throws -> Planner {
    var program = Program()
    let queries = program.input("q", rows: .tokens, columns: attention.heads * attention.headDimension)
    let cache = program.keyValueCache(
      layer: 0, heads: attention.keyValueHeads, headDimension: attention.headDimension)
    program.keep(try program.append(attention, [queries, cache], name: "attended"))
    let pages = context / ExecutionLimits.pageLength
    return Planner(
      program: program, limits: ExecutionLimits(tokenCount: tokens, pageCount: pages, pagesPerSequence: pages),
      profile: profile, weightSegments: [:], availableVariants: Set(try KernelPack.embedded().variants.map(\.name)))
  }

  private static func attention(_ dimension: Int = 128, window: Int? = nil, softCap: Float? = nil) -> Attention {
    Attention(heads: 32, keyValueHeads: 8, headDimension: dimension, scale: 1, window: window, softCap: softCap)
  }

  private static func scratchByteCount(_ launch: Launch) -> Int? {
    launch.bindings.compactMap { if case .scratch(let byteCount) = $0 { byteCount } else { nil } }.first
  }

  @Test func fewRowsAreSplitAndManyAreNot() throws {
    let planner = try Self.planner(Self.attention())
    for tokens in [1, 4, 16] {
      let variants = try planner.launches(tokenCount: tokens).map(\.launch.variant)
      #expect(variants == ["attention_split.f16", "attention_merge"])
    }
    for tokens in [64, 512] {
      #expect(try planner.launches(tokenCount: tokens).map(\.launch.variant) == ["attention_flash.f16"])
    }
  }

  /// The two orders of sums must not meet in one plan.
  @Test(arguments: [6, 20])
  func headsThatAreNoOctetsTakeOneKernelForAllSizes(_ dimension: Int) throws {
    let planner = try Self.planner(Self.attention(dimension))
    for tokens in Planner.buckets(tokenCount: 512) {
      #expect(try planner.launches(tokenCount: tokens).map(\.launch.variant) == ["attention_subgroup.f16"])
    }
  }

  @Test func theGridGrowsWithTheContextOnlyAsFarAsItFillsADevice() throws {
    let groups = try [512, 4096, 131_072].map { context in
      let split = try #require(try Self.planner(Self.attention(), context: context).launches(tokenCount: 1).first)
      return split.launch.groups.x
    }
    // Eight groups of four heads; spans of 128 positions.
    #expect(groups == [8 * 4, 8 * 32, 1024])
  }

  @Test func scratchHoldsEverySpanOfEveryRowAndIsPlanned() throws {
    let planner = try Self.planner(Self.attention())
    let launches = try planner.launches(tokenCount: 16).map(\.launch)
    let wanted = 4 * 16 * 32 * 32 * (128 + 8)
    #expect(launches.map(Self.scratchByteCount) == [wanted, wanted])
    #expect(planner.scratchByteCount == wanted)
    let activations = MemoryPlan(planner, layout: StepLayout(planner.limits, vocabularySize: planner.program.logitCount)).uses.first { $0.purpose == "activations" }
    #expect(activations?.byteCount == planner.arena().arena.byteCount + wanted)
    #expect(try PlannerTests.planner(PlannerTests.gpu).scratchByteCount == 0)
  }

  @Test func contextsWhoseScratchIsTooLargeTakeTheOtherKernel() throws {
    let planner = try Self.planner(Self.attention(), context: 131_072)
    #expect(try planner.launches(tokenCount: 1).count == 2)
    #expect(try planner.launches(tokenCount: 16).map(\.launch.variant) == ["attention_flash.f16"])
  }

  @Test func aWindowBoundsScratchAndOnlyWhatIsThereIsSpecialized() throws {
    let split = try #require(
      try Self.planner(Self.attention(window: 130, softCap: 50)).launches(tokenCount: 1).first?.launch)
    // 130 positions touch three spans where they begin at the last position of one.
    #expect(Self.scratchByteCount(split) == 4 * 32 * 3 * (128 + 8))
    #expect(split.constants["IS_WINDOWED"] == 1 && split.constants["IS_CAPPED"] == 1)
    let plain = try #require(try Self.planner(Self.attention()).launches(tokenCount: 1).first?.launch)
    #expect(plain.constants["IS_WINDOWED"] == nil && plain.constants["IS_CAPPED"] == nil)
  }

  @Test func headsThatShareKeysAreTakenTogether() throws {
    for (heads, shared, group) in [(32, 8, 4), (28, 4, 7), (64, 8, 8), (16, 16, 1), (12, 4, 3)] {
      let attention = Attention(heads: heads, keyValueHeads: shared, headDimension: 128, scale: 1)
      let planner = try Self.planner(attention)
      let split = try #require(try planner.launches(tokenCount: 1).first?.launch)
      #expect(split.constants["GROUP"] == group)
      let flash = try #require(try planner.launches(tokenCount: 64).first?.launch)
      let tile = try #require(flash.constants["GROUP"]) * (try #require(flash.constants["ROWS"]))
      #expect(tile <= 4 && flash.groups.y == 64 / (flash.constants["ROWS"] ?? 0))
    }
  }
}
