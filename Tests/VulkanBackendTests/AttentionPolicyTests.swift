import Ops
import ShaderCompiler
import Tensors
import Testing
import VulkanBackend

/// Which attention kernels a plan for a GPU takes, and what they are launched with; without a GPU.
@Suite struct AttentionPolicyTests {
  private static func planner(
    heads: Int = 32, sharing: Int = 4, dimension: Int = 128, context: Int = 4096,
    window: Int? = nil, softCap: Float? = nil, profile: DeviceProfile = PlannerTests.gpu
  ) throws -> Planner {
    var program = Program()
    let queries = program.input("q", rows: .tokens, columns: heads * dimension)
    let cache = program.keyValueCache(layer: 0, heads: heads / sharing, headDimension: dimension)
    let attention = Attention(
      heads: heads, keyValueHeads: heads / sharing, headDimension: dimension, scale: 1, window: window, softCap: softCap
    )
    program.keep(try program.append(attention, [queries, cache], name: "attended"))
    let pages = context / ExecutionLimits.pageLength
    return Planner(
      program: program, limits: ExecutionLimits(tokenCount: 512, pageCount: pages, pagesPerSequence: pages),
      profile: profile, weightSegments: [:], availableVariants: Set(try KernelPack.embedded().variants.map(\.name)))
  }

  private static func scratchByteCounts(_ planner: Planner, tokens: Int) throws -> [Int?] {
    try planner.launches(tokenCount: tokens).map { step in
      step.launch.bindings.compactMap { if case .scratch(let byteCount) = $0 { byteCount } else { nil } }.first
    }
  }

  @Test func fewRowsAreSplitAndManyAreTiled() throws {
    var profile = PlannerTests.gpu
    profile.sharedMemoryByteCount = 32768
    let planner = try Self.planner(profile: profile)
    for tokens in [1, 4, 16] {
      let launches = try planner.launches(tokenCount: tokens).map(\.launch)
      #expect(launches.map(\.variant) == ["attention_split.f16", "attention_merge"])
    }
    for tokens in [64, 512] {
      let launches = try planner.launches(tokenCount: tokens).map(\.launch)
      #expect(launches.map(\.variant) == ["attention_tiles.f16"])
      #expect(launches[0].constants["ROWS"] == 2 && launches[0].groups == (8, tokens / 2))
    }
  }

  /// The two orders of sums must not meet in one program.
  @Test(
    arguments: [
      (6, ["attention_subgroup"]), (20, ["attention_subgroup"]), (80, ["attention_split", "attention_tiles"]),
    ])
  func aHeadsSizeAloneDecidesOnTheOrderOfSums(_ dimension: Int, _ kernels: [String]) throws {
    for context in [64, 4096, 131_072] {
      let planner = try Self.planner(dimension: dimension, context: context)
      for tokens in Planner.buckets(tokenCount: 512) {
        let kernel = try #require(planner.launches(tokenCount: tokens).first?.launch.kernelFile)
        #expect(kernels.contains(kernel))
      }
    }
  }

  @Test func aGridHasASpanForEachWorkgroupUntilTheDeviceIsFull() throws {
    // Eight groups of four heads; spans of 128 positions.
    for (context, rows, splits) in [(64, 1, 1), (192, 1, 2), (4096, 1, 32), (4096, 16, 16), (131_072, 1, 256)] {
      let launch = try #require(try Self.planner(context: context).launches(tokenCount: rows).first?.launch)
      #expect(launch.groups == (8 * splits, rows), "\(context) positions, \(rows) rows")
    }
  }

  @Test func contextsOfOneSpanNeedNoMerge() throws {
    let planner = try Self.planner(context: 128)
    #expect(try planner.launches(tokenCount: 1).map(\.launch.variant) == ["attention_tiles.f16"])
    #expect(planner.scratchByteCount == 0)
  }

  @Test func scratchHoldsEverySpanOfEveryRowAndIsPlanned() throws {
    let planner = try Self.planner()
    let wanted = 4 * 16 * 32 * 32 * (128 + 4)
    #expect(try Self.scratchByteCounts(planner, tokens: 16) == [wanted, wanted])
    #expect(try Self.scratchByteCounts(planner, tokens: 1) == [wanted / 16, wanted / 16])
    #expect(planner.scratchByteCount == wanted)
    let layout = StepLayout(planner.limits, vocabularySize: planner.program.logitCount)
    let activations = MemoryPlan(planner, layout: layout).uses.first { $0.purpose == "activations" }
    #expect(activations?.byteCount == planner.arena().arena.byteCount + wanted)
    #expect(try PlannerTests.planner(PlannerTests.gpu).scratchByteCount == 0)
  }

  /// Spans that a window reaches into, wherever it begins; none where a context is no longer than the window.
  @Test(arguments: [(1, 1), (2, 2), (129, 2), (130, 3), (1024, 9), (4000, 32), (4096, 32), (5000, 32)])
  func windowsNeedNoMoreThanTheSpansTheyReachInto(_ window: Int, _ spans: Int) throws {
    let launches = try Self.planner(window: window).launches(tokenCount: 1).map(\.launch)
    #expect(launches[0].groups == (8 * spans, 1))
    let isLimited = window < 4096
    #expect(launches.allSatisfy { ($0.constants["HAS_WINDOW"] == 1) == isLimited })
    #expect(launches.count == (spans > 1 ? 2 : 1), "\(window)")
    guard spans > 1 else { return }
    #expect(try Self.scratchByteCounts(Self.planner(window: window), tokens: 1)[0] == 4 * 32 * spans * (128 + 4))
  }

  @Test(arguments: [true, false]) func attentionWithoutLimitsTakesShadersWithout(_ isCPU: Bool) throws {
    var profile = PlannerTests.gpu
    (profile.isCPU, profile.subgroupSize) = (isCPU, isCPU ? 8 : 32)
    for (window, softCap) in [(nil, nil), (64, nil), (nil, 30), (64, 30)] as [(Int?, Float?)] {
      let planner = try Self.planner(window: window, softCap: softCap, profile: profile)
      for launch in try [1, 64].flatMap({ try planner.launches(tokenCount: $0) }).map(\.launch) {
        #expect((launch.constants["HAS_WINDOW"] == 1) == (window != nil), "\(launch.variant)")
        #expect((launch.constants["HAS_SOFT_CAP"] == 1) == (softCap != nil), "\(launch.variant)")
      }
    }
  }

  @Test func contextsWhoseScratchIsTooLargeAreNotSplit() throws {
    let planner = try Self.planner(context: 131_072)
    #expect(try planner.launches(tokenCount: 1).count == 2)
    #expect(try planner.launches(tokenCount: 16).map(\.launch.variant) == ["attention_tiles.f16"])
    #expect(planner.scratchByteCount <= AttentionSplit.mostScratchByteCount)
  }

  @Test func headsThatShareKeysAreTakenTogetherAsFarAsMemoryAllows() throws {
    for (sharing, memory, group) in [
      (4, 16384, 4), (7, 16384, 7), (8, 16384, 4), (8, 32768, 8), (3, 4200, 1), (1, 16384, 1),
    ] {
      var profile = PlannerTests.gpu
      profile.sharedMemoryByteCount = memory
      let planner = try Self.planner(heads: 8 * sharing, sharing: sharing, profile: profile)
      let launch = try #require(try planner.launches(tokenCount: 1).first?.launch)
      #expect(launch.constants["GROUP"] == group, "\(sharing) heads, \(memory) bytes")
    }
  }

  @Test func everyTuningDividesTheHeadsAndFitsSharedMemory() throws {
    let planner = try Self.planner(heads: 48, sharing: 12, dimension: 64)
    let request = planner.request(for: planner.program.steps[0], tokenCount: 1)
    let kernel = try #require(KernelCatalogue.all.first { $0.file == "attention_split" })
    let tunings = kernel.tunings(for: request)
    #expect(tunings.map { $0["GROUP"] } == [1, 2, 3, 4, 6])
    #expect(tunings.allSatisfy { kernel.launches(for: request, tuning: $0) != nil })
    #expect(tunings.contains(kernel.tuning(for: request)))
    for group in [5, 12] { #expect(kernel.launches(for: request, tuning: ["GROUP": group]) == nil) }
  }

  /// Rows of a tile are as many as eight queries and the memory allow; so few that each may be a sequence's own stay apart.
  @Test func tilesHaveAFewRowsOfOneGroup() throws {
    for (sharing, rows, memory, wanted) in [
      (4, 512, 32768, 2), (1, 512, 65536, 8), (1, 512, 16384, 4), (2, 64, 32768, 4), (3, 64, 32768, 2),
      (7, 64, 32768, 1), (8, 64, 32768, 1), (1, 17, 32768, 8), (1, 16, 32768, 1),
    ] {
      var profile = PlannerTests.gpu
      profile.sharedMemoryByteCount = memory
      let planner = try Self.planner(heads: 8 * sharing, sharing: sharing, profile: profile)
      let request = planner.request(for: planner.program.steps[0], tokenCount: rows)
      let kernel = try #require(KernelCatalogue.all.first { $0.file == "attention_tiles" })
      let launch = try #require(kernel.launches(for: request, tuning: kernel.tuning(for: request))?.first)
      #expect(launch.constants["ROWS"] == wanted, "\(sharing) heads, \(rows) rows, \(memory) bytes")
      #expect(launch.groups == (8, (rows + wanted - 1) / wanted))
      #expect(kernel.tunings(for: request).contains(kernel.tuning(for: request)))
    }
  }
}
