import GPU
import Ops
import ShaderCompiler
import Testing
import VulkanBackend

/// Which kernels a plan may take where they round differently; without a GPU.
@Suite struct NumericsTests {
  static let coopmat: any Kernel = KernelCatalogue.kernels(for: Linear(), on: profile, numerics: .float16Inputs)[0]

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

  @Test func plansTakeFloat32KernelsAlone() throws {
    let planner = try PlannerTests.planner(Self.profile)
    for tokens in Planner.buckets(tokenCount: 64) {
      #expect(try planner.launches(tokenCount: tokens).map(\.launch.variant) == ["linear_subgroup.bf16"])
    }
    let allowed = KernelCatalogue.kernels(for: Linear(), on: Self.profile, numerics: .float16Inputs)
    #expect(allowed.map(\.file) == ["linear_coopmat", "linear_coopmat2"])
  }

  @Test func aForcedKernelServesAllTheSame() throws {
    var planner = try PlannerTests.planner(Self.profile)
    let request = planner.request(for: planner.program.steps[0], tokenCount: 64)
    planner.forced = (Self.coopmat, Self.coopmat.tuning(for: request))
    let launches = try planner.launches(tokenCount: 64).map(\.launch)
    #expect(launches.map(\.variant) == ["linear_pack", "linear_coopmat.bf16"])
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
  }
}
