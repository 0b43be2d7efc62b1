import GPU
import Ops
import ShaderCompiler
import Tensors
import Testing
import VulkanBackend

/// Which kernels a plan may take where they round differently; without a GPU.
@Suite struct NumericsTests {
  static let coopmat: any Kernel = KernelCatalogue.kernels(for: Linear(), on: profile, numerics: .float16Inputs)[0]

  static let packed = ["linear_pack", "linear_coopmat.bf16"]

  static func shape(_ m: Int, _ n: Int, _ k: Int, c: CooperativeMatrixShape.Component = .float32)
    -> CooperativeMatrixShape
  { CooperativeMatrixShape(m: m, n: n, k: k, a: .float16, b: .float16, c: c, result: c) }

  /// A GPU with matrix units.
  static var profile: DeviceProfile {
    var profile = PlannerTests.gpu
    profile.matrixShapes = [shape(16, 8, 8), shape(16, 16, 16, c: .float16), shape(16, 16, 16), shape(16, 8, 16)]
    profile.sharedMemoryByteCount = 48 << 10
    profile.capabilities.insert("coopmat_f16_f32")
    return profile
  }

  @Test func promptsAloneAreRounded() throws {
    let planner = try PlannerTests.planner(Self.profile)
    #expect(planner.promptNumerics == .float16Inputs)
    for tokens in Planner.buckets(tokenCount: 64) {
      #expect(try planner.launches(tokenCount: tokens).map(\.launch.variant) == ["linear_subgroup.bf16"])
      #expect(
        try planner.launches(tokenCount: tokens, isPrompt: true).map(\.launch.variant) == Self.packed)
    }
  }

  @Test func promptsStayExactWhereNothingRoundsThemOrNobodyWantsIt() throws {
    var exact = try PlannerTests.planner(Self.profile)
    exact.roundsPrompts = false
    for planner in [exact, try PlannerTests.planner(PlannerTests.gpu), try PlannerTests.planner(PlannerTests.cpu)] {
      #expect(planner.promptNumerics == .float32)
      #expect(
        try planner.launches(tokenCount: 64, isPrompt: true).map(\.launch)
          .map(\.variant) == planner.launches(tokenCount: 64).map(\.launch.variant))
    }
  }

  /// A layer's norm, product and addition, and the logits of the last row.
  private func layer(_ profile: DeviceProfile) throws -> Planner {
    var program = Program()
    let x = program.input("x", rows: .tokens, columns: 64)
    let norm = program.weight(["norm"], rows: 1, columns: 64)
    let matrix = program.weight(["matrix"], rows: 64, columns: 64)
    let head = program.weight(["head"], rows: 300, columns: 64)
    let normalised = try program.append(RMSNorm(epsilon: 1e-5), [x, norm], name: "normalised")
    let product = try program.append(Linear(), [normalised, matrix], name: "product")
    let sum = try program.append(Add(), [x, product], name: "sum")
    let selected = try program.append(SelectRows(), [sum], name: "selected")
    program.setLogits(try program.append(Linear(), [selected, head], name: "logits"))
    return Planner(
      program: program, limits: ExecutionLimits(tokenCount: 64, pageCount: 1, pagesPerSequence: 1), profile: profile,
      weightSegments: [
        norm: [WeightRows(0..<1, .f32)], matrix: [WeightRows(0..<64, .q8_0)], head: [WeightRows(0..<300, .q8_0)],
      ], availableVariants: Set(try KernelPack.embedded().variants.map(\.name)))
  }

  @Test func aPromptOfAnyLengthMeetsOneClassAndItsLogitsAreExact() throws {
    let planner = try layer(Self.profile)
    #expect(try planner.launches(tokenCount: 1).map(\.launch.kernelFile).filter { $0 == "rms_norm" } == [])
    for tokens in Planner.buckets(tokenCount: 64) {
      #expect(
        try planner.launches(tokenCount: tokens, isPrompt: true).map(\.launch.kernelFile)
          == ["rms_norm", "linear_pack", "linear_coopmat", "add", "select_rows", "linear_subgroup"])
    }
  }

  @Test func measurementsOfOneClassDoNotChooseForTheOther() throws {
    var planner = try PlannerTests.planner(Self.profile)
    let step = planner.program.steps[0]
    let answer = planner.request(for: step, tokenCount: 64)
    let prompt = planner.request(for: step, tokenCount: 64, isPrompt: true)
    #expect(WorkClass(answer).rawValue + " float16Inputs" == WorkClass(prompt).rawValue)
    let tuning = try #require(Self.coopmat.tunings(for: prompt).last { $0 != Self.coopmat.tuning(for: prompt) })
    var table = TuningTable(device: "", vendorID: 0, deviceID: 0, driver: "", date: "")
    for request in [answer, prompt] {
      table.entries[WorkClass(request)] = TuningTable.Entry(
        kernel: "linear_coopmat", tuning: tuning, ratio: 1, nanoseconds: 1, caseName: "", code: "")
    }
    planner.tunings = table
    #expect(planner.choice(for: prompt)?.tuning == tuning)
    #expect(planner.choice(for: answer)?.kernel.file == "linear_subgroup")
  }

  @Test func aForcedKernelServesAllTheSame() throws {
    var planner = try PlannerTests.planner(Self.profile)
    let request = planner.request(for: planner.program.steps[0], tokenCount: 64)
    planner.forced = (Self.coopmat, Self.coopmat.tuning(for: request))
    let launches = try planner.launches(tokenCount: 64).map(\.launch)
    #expect(launches.map(\.variant) == Self.packed)
    let launch = launches[1]
    #expect(launch.constants["MATRIX_M"] == 16 && launch.constants["MATRIX_K"] == 16)
    // 64 tokens in a tile of 2 × 2 × 16, 300 weight rows in tiles of 2 × 4 × 16.
    #expect(launch.groups == (1, 3) && launch.workgroupSize == 4 * 32)
  }

  @Test func theLargestMatrixWithFloat32SumsIsTaken() {
    #expect(Self.profile.float16MatrixShape == Self.shape(16, 16, 16))
    var without = Self.profile
    without.matrixShapes = [Self.shape(16, 16, 16, c: .float16)]
    #expect(without.float16MatrixShape == nil && !Self.coopmat.suits(without))
  }

  @Test func tilesStayWithinTheDevice() throws {
    for (bytes, invocations) in [(16 << 10, 128), (32 << 10, 1024), (64 << 10, 256)] {
      var profile = Self.profile
      profile.sharedMemoryByteCount = bytes
      profile.workgroupSize = invocations
      let planner = try PlannerTests.planner(profile)
      let request = planner.request(for: planner.program.steps[0], tokenCount: 64)
      let tunings = Self.coopmat.tunings(for: request)
      #expect(!tunings.isEmpty)
      for tuning in tunings {
        let launches = try #require(Self.coopmat.launches(for: request, tuning: tuning))
        #expect(launches.allSatisfy { $0.workgroupSize <= invocations })
      }
    }
    var tiny = Self.profile
    tiny.sharedMemoryByteCount = 1 << 10
    let planner = try PlannerTests.planner(tiny)
    let request = planner.request(for: planner.program.steps[0], tokenCount: 64)
    #expect(Self.coopmat.tunings(for: request).isEmpty)
    #expect(Self.coopmat.launches(for: request, tuning: Self.coopmat.tuning(for: request)) == nil)
    #expect(planner.promptNumerics == .float32)
  }

  /// Where one size of step is served, all are: the usual tile of many rows does not fit here.
  @Test func aTileThatDoesNotFitIsReplacedByOneThatDoes() throws {
    var narrow = Self.profile
    narrow.sharedMemoryByteCount = 16 << 10
    narrow.workgroupSize = 128
    let planner = try PlannerTests.planner(narrow)
    for tokens in Planner.buckets(tokenCount: 64) {
      #expect(
        try planner.launches(tokenCount: tokens, isPrompt: true).map(\.launch.variant) == Self.packed)
    }
  }
}
