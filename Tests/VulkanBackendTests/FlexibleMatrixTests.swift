import GPU
import Ops
import Testing
import VulkanBackend

/// Which products of flexible size a kernel takes, and that this hangs on device and shapes alone; without a GPU.
@Suite struct FlexibleMatrixTests {
  private static let kernel: any Kernel = KernelCatalogue.kernels(
    for: Linear(), on: profile, numerics: .float16Inputs)[1]

  private static func granule(
    _ m: Int, _ n: Int, _ k: Int, invocations: Int, c: CooperativeMatrixShape.Component = .float32
  ) -> FlexibleMatrixGranule {
    FlexibleMatrixGranule(
      shape: NumericsTests.shape(m, n, k, c: c), scope: invocations == 0 ? .subgroup : .workgroup,
      workgroupInvocations: invocations)
  }

  /// A GPU whose workgroups multiply matrices, 128 or 256 invocations at a time.
  private static var profile: DeviceProfile {
    var profile = NumericsTests.profile
    profile.matrixGranules = [
      granule(16, 16, 16, invocations: 0), granule(16, 16, 16, invocations: 256, c: .float16),
      granule(32, 16, 16, invocations: 128), granule(32, 32, 16, invocations: 256),
    ]
    profile.matrixDimension = 256
    profile.capabilities.insert("coopmat2_f16_f32")
    return profile
  }

  private static func request(_ profile: DeviceProfile, rows: Int = 64) throws -> LaunchRequest {
    let planner = try PlannerTests.planner(profile)
    return planner.request(for: planner.program.steps[0], tokenCount: rows)
  }

  /// Its tensor layouts have run on no device yet.
  @Test func plansTakeMatricesOfFixedSize() throws {
    let serving = KernelCatalogue.kernels(for: Linear(), on: Self.profile, numerics: .float16Inputs)
    #expect(serving.map(\.file) == ["linear_coopmat", "linear_coopmat2"])
    let launches = try PlannerTests.planner(Self.profile).launches(tokenCount: 64, isPrompt: true)
    #expect(launches.last?.launch.kernelFile == "linear_coopmat")
    var without = Self.profile
    without.capabilities.remove("coopmat2_f16_f32")
    #expect(Self.kernel.suits(Self.profile) && !Self.kernel.suits(without))
    var cpu = Self.profile
    cpu.isCPU = true
    #expect(!Self.kernel.suits(cpu))
  }

  @Test func theTileIsTheSameForAllNumbersOfRows() throws {
    for rows in [1, 17, 64, 4096] {
      let request = try Self.request(Self.profile, rows: rows)
      let launches = try #require(Self.kernel.launches(for: request, tuning: Self.kernel.tuning(for: request)))
      #expect(launches.map(\.variant) == ["linear_pack", "linear_coopmat2.bf16"])
      #expect(launches[0].groups == (rows, 1))
      let scope = FlexibleMatrixGranule.Scope.workgroup.rawValue
      #expect(
        launches[1].constants.filter { ["TOKENS", "ROWS", "STEP", "SCOPE"].contains($0.key) }
          == ["TOKENS": 128, "ROWS": 128, "STEP": 64, "SCOPE": scope])
      // 300 weight rows; tiles of tokens follow one another, so that they share weights.
      #expect(launches[1].groups == ((rows + 127) / 128, 3) && launches[1].workgroupSize == 256)
    }
  }

  @Test func tilesStayWithinWhatTheDeviceOffers() throws {
    let request = try Self.request(Self.profile)
    let tunings = Self.kernel.tunings(for: request)
    #expect(Set(tunings.map { $0["WORKGROUP"] }) == [128, 256] && Set(tunings).count == tunings.count)
    #expect(tunings.contains(["TOKENS": 128, "ROWS": 256, "WORKGROUP": 256]))
    #expect(tunings.allSatisfy { $0["TOKENS"] * $0["ROWS"] / $0["WORKGROUP"] <= 128 })

    var coarse = Self.profile
    coarse.matrixGranules = [Self.granule(64, 128, 128, invocations: 256)]
    let ofCoarse = Self.kernel.tunings(for: try Self.request(coarse))
    #expect(!ofCoarse.isEmpty && ofCoarse.allSatisfy { $0["TOKENS"] % 64 == 0 && $0["ROWS"] % 128 == 0 })
    let launches = try #require(Self.kernel.launches(for: try Self.request(coarse), tuning: ofCoarse[0]))
    #expect(launches[1].constants["STEP"] == 128)

    var narrow = Self.profile
    narrow.matrixDimension = 128
    #expect(Self.kernel.tunings(for: try Self.request(narrow)).allSatisfy { max($0["TOKENS"], $0["ROWS"]) <= 128 })

    var small = Self.profile
    small.workgroupSize = 128
    #expect(Set(Self.kernel.tunings(for: try Self.request(small)).map { $0["WORKGROUP"] }) == [128])

    var none = Self.profile
    none.matrixGranules = [Self.granule(16, 16, 16, invocations: 256, c: .float16)]
    let impossible = try Self.request(none)
    #expect(Self.kernel.tunings(for: impossible).isEmpty)
    #expect(Self.kernel.launches(for: impossible, tuning: Self.kernel.tuning(for: impossible)) == nil)
  }

  @Test func subgroupsServeWhereWorkgroupsCannot() throws {
    var profile = Self.profile
    profile.subgroupSize = 8
    profile.matrixGranules = [Self.granule(8, 8, 8, invocations: 0)]
    let request = try Self.request(profile)
    let launches = try #require(Self.kernel.launches(for: request, tuning: Self.kernel.tuning(for: request)))
    #expect(launches[1].workgroupSize == 8 && launches[1].constants["SCOPE"] == 3)
    #expect(Self.kernel.tunings(for: request).allSatisfy { $0["WORKGROUP"] == 8 })
  }

  @Test func packedRowsTakeNoMoreThanRows() throws {
    for columns in [1, 2, 7, 8, 9, 64, 4096] {
      let planner = try PlannerTests.planner(Self.profile, columns: columns)
      let request = planner.request(for: planner.program.steps[0], tokenCount: 33)
      let launches = try #require(Self.kernel.launches(for: request, tuning: Self.kernel.tuning(for: request)))
      guard case .scratch(let byteCount)? = launches[0].bindings.last else {
        Issue.record("\(launches[0].bindings)")
        continue
      }
      #expect(byteCount >= 33 * (2 * columns + 4))
      #expect(byteCount <= planner.activationByteCount(planner.program.steps[0].inputs[0], tokenCount: 33))
      #expect(launches[1].bindings.contains(.scratch(byteCount: byteCount)))
      #expect(!launches[1].bindings.contains(.input(0)))
    }
  }

  @Test func theCapabilityNeedsEveryFeature() {
    let needed: [WritableKeyPath<DeviceFeatures, Bool>] = [
      \.shaderFloat16, \.vulkanMemoryModel, \.bufferDeviceAddress, \.cooperativeMatrixPerElementOperationsNV,
      \.cooperativeMatrixTensorAddressingNV, \.cooperativeMatrixBlockLoadsNV,
    ]
    var device = PhysicalDevice(kind: .discrete)
    (device.subgroupSize, device.subgroupSizeRange, device.maximumWorkgroupInvocations) = (32, 32...32, 1024)
    device.flexibleMatrixGranules = Self.profile.matrixGranules
    for feature in needed { device.features[keyPath: feature] = true }
    #expect(DeviceProfile(device).capabilities.contains("coopmat2_f16_f32"))
    for feature in needed {
      var lacking = device
      lacking.features[keyPath: feature] = false
      #expect(!DeviceProfile(lacking).capabilities.contains("coopmat2_f16_f32"), "\(feature)")
    }
    device.flexibleMatrixGranules = []
    #expect(!DeviceProfile(device).capabilities.contains("coopmat2_f16_f32"))
  }
}
