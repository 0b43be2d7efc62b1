import GPU
import Ops
import ShaderCompiler
import Tensors
import Testing
import VulkanBackend

/// Which prompts `attention_coopmat` serves and what it is launched with; without a GPU.
@Suite struct AttentionCoopmatTests {
  private static let kernel: any Kernel = KernelCatalogue.kernels(
    for: Attention(heads: 1, keyValueHeads: 1, headDimension: 64, scale: 1), on: NumericsTests.profile,
    numerics: .float16Inputs)[0]

  /// A product and attention, as they follow one another in a layer.
  private static func planner(
    heads: Int = 32, sharing: Int = 4, dimension: Int = 128, format: BlockFormat = .f16,
    profile: DeviceProfile = NumericsTests.profile, without: String? = nil
  ) throws -> Planner {
    var program = Program()
    let x = program.input("x", rows: .tokens, columns: 64)
    let weight = program.weight(["w"], rows: heads * dimension, columns: 64)
    let queries = try program.append(Linear(), [x, weight], name: "q")
    let cache = program.keyValueCache(layer: 0, heads: heads / sharing, headDimension: dimension)
    let attention = Attention(heads: heads, keyValueHeads: heads / sharing, headDimension: dimension, scale: 1)
    program.keep(try program.append(attention, [queries, cache], name: "attended"))
    let variants = try KernelPack.embedded().variants.filter { $0.file != without }.map(\.name)
    return Planner(
      program: program,
      limits: ExecutionLimits(tokenCount: 512, pageCount: 64, pagesPerSequence: 64, keyValueFormat: format),
      profile: profile, weightSegments: [weight: [WeightRows(0..<(heads * dimension), .bf16)]],
      availableVariants: Set(variants))
  }

  private static func profile(
    bytes: Int = 48 << 10, lanes: Int = 32, invocations: Int = 1024, shape: CooperativeMatrixShape? = nil
  ) -> DeviceProfile {
    var profile = NumericsTests.profile
    (profile.sharedMemoryByteCount, profile.subgroupSize, profile.workgroupSize) = (bytes, lanes, invocations)
    if let shape { profile.matrixShapes = [shape] }
    return profile
  }

  private static func attention(_ planner: Planner, tokens: Int, isPrompt: Bool) throws -> Launch {
    try #require(
      planner.launches(tokenCount: tokens, isPrompt: isPrompt).map(\.launch).last)
  }

  /// Whatever the number of rows, and prompts alone.
  @Test(arguments: [(64, true), (80, true), (128, true), (256, true), (40, false), (20, false), (6, false)])
  func aHeadsSizeDecides(_ dimension: Int, _ isServed: Bool) throws {
    for format in [BlockFormat.f16, .f32, .q8_0] where format != .q8_0 || dimension.isMultiple(of: 8) {
      let planner = try Self.planner(dimension: dimension, format: format)
      for tokens in Planner.buckets(tokenCount: 512) {
        let prompt = try Self.attention(planner, tokens: tokens, isPrompt: true)
        #expect((prompt.variant == "attention_coopmat.\(format)") == isServed, "\(prompt.variant)")
        #expect(try Self.attention(planner, tokens: tokens, isPrompt: false).kernelFile != "attention_coopmat")
      }
    }
  }

  @Test func headsThatShareKeysStandRowByRow() throws {
    for (sharing, tokens, tiles) in [(4, 512, 32), (1, 64, 1), (7, 16, 2), (4, 1, 1)] {
      let planner = try Self.planner(heads: 8 * sharing, sharing: sharing)
      let launch = try Self.attention(planner, tokens: tokens, isPrompt: true)
      #expect(launch.groups == (8, tiles) && launch.workgroupSize == 4 * 32)
      #expect(launch.bindings == [.input(0), .keys(input: 1), .values(input: 1), .output])
    }
  }

  /// The order of sums hangs on a block's length.
  @Test(
    arguments: [
      (128, 48 << 10, 32, [4, 2, 1]), (128, 64 << 10, 32, [4, 2, 1]), (128, 32 << 10, 32, [2, 1]),
      (128, 96 << 10, 32, [4, 8, 2, 1]), (256, 48 << 10, 16, [2, 1]), (256, 64 << 10, 32, [2, 1]),
      (256, 24 << 10, 0, []),
    ])
  func blocksDependOnHeadAndDeviceAlone(_ dimension: Int, _ bytes: Int, _ keys: Int, _ subgroups: [Int]) throws {
    let planner = try Self.planner(dimension: dimension, profile: Self.profile(bytes: bytes))
    for tokens in Planner.buckets(tokenCount: 512) {
      let request = planner.request(for: planner.program.steps[1], tokenCount: tokens)
      let tunings = Self.kernel.tunings(for: request)
      #expect(tunings.map { $0["SUBGROUPS"] } == subgroups)
      #expect(tunings.first.map { $0 == Self.kernel.tuning(for: request) } != false)
      for tuning in tunings {
        let launch = try #require(Self.kernel.launches(for: request, tuning: tuning)?.first)
        #expect(launch.constants["KEYS"] == keys)
      }
      if tunings.isEmpty { #expect(Self.kernel.launches(for: request, tuning: ["SUBGROUPS": 1]) == nil) }
    }
  }

  /// Lanes own whole queries, and of a query whole octets of weights.
  @Test(arguments: [
    (32, 16, 16, 16, true), (64, 16, 16, 16, true), (8, 8, 8, 8, true), (32, 8, 16, 16, true), (16, 8, 8, 16, true),
    (64, 8, 16, 16, false), (8, 16, 16, 16, false), (32, 16, 16, 64, false),
  ])
  func matricesMustSuitTheSubgroup(_ lanes: Int, _ m: Int, _ n: Int, _ k: Int, _ isServed: Bool) throws {
    let profile = Self.profile(lanes: lanes, shape: NumericsTests.shape(m, n, k))
    let planner = try Self.planner(profile: profile)
    #expect((planner.promptNumerics(ofStep: 1) == .float16Inputs) == isServed)
  }

  @Test func workgroupsStayWithinTheDevice() throws {
    let planner = try Self.planner(dimension: 64, profile: Self.profile(lanes: 64, invocations: 128))
    let request = planner.request(for: planner.program.steps[1], tokenCount: 64)
    #expect(Self.kernel.tunings(for: request).map { $0["SUBGROUPS"] } == [2, 1])
  }

  /// One class may serve a program's products and not its attention, or the other way round.
  @Test func classesAreChosenStepByStep() throws {
    let whole = try Self.planner()
    let products = try Self.planner(without: "attention_coopmat")
    let attention = try Self.planner(without: "linear_coopmat")
    let neither = try Self.planner(profile: PlannerTests.gpu)
    for (planner, rounded, files) in [
      (whole, [true, true], ["linear_pack", "linear_coopmat", "attention_coopmat"]),
      (products, [true, false], ["linear_pack", "linear_coopmat", "attention_tiles"]),
      (attention, [false, true], ["linear_subgroup", "attention_coopmat"]),
      (neither, [false, false], ["linear_subgroup", "attention_tiles"]),
    ] {
      #expect(planner.program.steps.indices.map { planner.promptNumerics(ofStep: $0) == .float16Inputs } == rounded)
      #expect((planner.promptNumerics == .float16Inputs) == rounded.contains(true))
      let launched = try planner.launches(tokenCount: 512, isPrompt: true).map(\.launch.kernelFile)
      #expect(launched == files)
    }
  }
}
