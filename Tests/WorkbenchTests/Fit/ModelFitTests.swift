import Models
import Ops
import ShaderCompiler
import Tensors
import Testing
import VulkanBackend
import Workbench

/// What fits where: rules without a device.
@Suite struct ModelFitTests {
  private static func limits(_ contextLength: Int, _ format: BlockFormat) -> ExecutionLimits {
    let pages = (contextLength + ExecutionLimits.pageLength - 1) / ExecutionLimits.pageLength
    return ExecutionLimits(
      tokenCount: min(512, contextLength), pageCount: pages, pagesPerSequence: pages, keyValueFormat: format)
  }

  private static func fitter(_ name: String) throws -> ModelFitter {
    try ModelFitter(try Model(synthetic: try SyntheticModel(name))) { limits($0, $1) }
  }

  private static func space(bytes: Int, bindingByteCount: Int = .max, capabilities: Set<String>) throws -> DeviceSpace {
    let profile = DeviceProfile(
      subgroupSize: 32, isCPU: false, bindingByteCount: bindingByteCount, bindingAlignment: 64, workgroupSize: 1024,
      capabilities: capabilities)
    let kernels = try KernelPack.embedded()
    return DeviceSpace(
      profile: profile, variants: kernels.usableVariants(on: profile), availableByteCount: bytes)
  }

  private static let usual: Set<String> = [
    "subgroup_arithmetic", "subgroup_ballot", "subgroup_shuffle", "float16", "integer_dot",
  ]

  @Test(arguments: [1, 63, 64, 65, 4096, 5000]) func theLongestContextIsFound(most: Int) {
    for limit in [0, 1, 63, 64, 65, 127, 128, 2048, 4999, 5000, 10000] {
      var asked = 0
      let found = ModelFitter.longestContext(upTo: most) { context in
        asked += 1
        #expect(context <= most)
        return context <= limit
      }
      let expected = limit >= most ? most : limit / 64 * 64
      #expect((found ?? 0) == expected, "most \(most), limit \(limit)")
      #expect((found == nil) == (expected == 0))
      #expect(asked <= 8)
    }
  }

  @Test func moreMemoryHoldsMoreAndExactlyWhatThePlanSays() throws {
    let fitter = try Self.fitter("exaone-3.0-7.8b:bf16")
    let model = try Model(synthetic: try SyntheticModel("exaone-3.0-7.8b:bf16"))
    let program = try model.architecture.program()
    func needed(_ context: Int) throws -> Int {
      try MemoryPlan(program, weights: model.weights, limits: Self.limits(context, .f16)).byteCount
    }
    let bytes = try needed(2048)
    var fit = try #require(fitter.fit(format: nil, in: try Self.space(bytes: bytes, capabilities: Self.usual)))
    #expect(fit.contextLength == 2048)
    fit = try #require(fitter.fit(format: nil, in: try Self.space(bytes: bytes - 1, capabilities: Self.usual)))
    #expect(fit.contextLength == 2048 - 64)
    let half = try #require(fit.float32ContextLength)
    #expect(half < 2048 - 64)
    fit = try #require(fitter.fit(format: nil, in: try Self.space(bytes: 1 << 40, capabilities: Self.usual)))
    #expect(fit.contextLength == 4096 && fit.float32ContextLength == 4096)
    fit = try #require(
      fitter.fit(format: nil, in: try Self.space(bytes: fit.weightByteCount, capabilities: Self.usual)))
    #expect(!fit.fits && fit.obstacle == nil)
  }

  @Test func smallerFormatsLeaveMoreRoomAndReadLess() throws {
    let fits = try Self.fitter("exaone-3.5-2.4b:bf16").fits(
      in: try Self.space(bytes: 6 << 30, capabilities: Self.usual))
    #expect(fits.map(\.format) == [nil, .f32, .f16, .q8_0])
    let (stored, quantised) = (try #require(fits.first), try #require(fits.last))
    #expect(try #require(quantised.contextLength) > (try #require(stored.contextLength)))
    #expect(!fits[1].fits)
    #expect(quantised.bytesPerToken < stored.bytesPerToken * 6 / 10)
    // The embedding reads one row, the head all of the same table.
    #expect(stored.bytesPerToken < stored.weightByteCount + stored.weightByteCount / 100)
    #expect(stored.bytesPerToken > stored.weightByteCount * 95 / 100)
    #expect(stored.tokensPerSecond(reading: Double(stored.bytesPerToken) * 7) == 7)
  }

  @Test func aBindingThatIsTooSmallLimitsTheContext() throws {
    let fitter = try Self.fitter("exaone-3.5-7.8b:bf16")
    let large = try #require(fitter.fit(format: .q8_0, in: try Self.space(bytes: 1 << 40, capabilities: Self.usual)))
    let small = try #require(
      fitter.fit(
        format: .q8_0, in: try Self.space(bytes: 1 << 40, bindingByteCount: 1 << 25, capabilities: Self.usual)))
    #expect(large.contextLength == 32768)
    // Keys of one layer: 8 heads of 128 as float16 take 2 KiB per position.
    #expect(try #require(small.contextLength) <= 1 << 14)
  }

  @Test func aDeviceWithoutKernelsIsAnObstacle() throws {
    let fit = try #require(
      try Self.fitter("tiny:bf16").fit(format: nil, in: try Self.space(bytes: 1 << 40, capabilities: [])))
    #expect(!fit.fits)
    #expect(fit.obstacle?.contains("no kernel computes") == true)
  }

  private static func fit(_ bytes: Int, _ context: Int?) -> ModelFit {
    ModelFit(
      format: nil, weightByteCount: bytes, contextLength: context, float32ContextLength: nil, bytesPerToken: bytes)
  }

  @Test func theMostBitsThatLeaveRoomAreRecommended() {
    func recommended(_ fits: [ModelFit]) -> Int? {
      ModelFit.recommended(among: fits, contextLength: 4096, storedByteCount: 16)?.weightByteCount
    }
    #expect(recommended([Self.fit(16, 8192), Self.fit(32, 8192), Self.fit(8, 8192)]) == 16)
    #expect(recommended([Self.fit(16, 4095), Self.fit(32, 4096), Self.fit(8, 4096), Self.fit(4, 8192)]) == 8)
    #expect(recommended([Self.fit(16, 64), Self.fit(8, 1024)]) == 8)
    #expect(recommended([Self.fit(16, nil), Self.fit(8, nil)]) == nil)
    #expect(recommended([Self.fit(32, 4096)]) == nil)
  }
}
