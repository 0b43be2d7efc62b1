import Ops
import TestKit
import Testing
import VulkanBackend
import Workbench

/// Grids of attention with fewer workgroups than a context has spans, as the longest contexts have them.
@Suite(.serialized) struct AttentionGridTests {
  /// Three workgroups of spans for the nine of 1100 positions.
  private static let kernel = HostFaultTests.AlteredKernel("attention_split") { launch, _ in
    guard let group = launch.constants["GROUP"] else { return }
    launch.groups.x = 4 / group * 3
  }

  private static let fault = PlantedFault(
    "spans left out between workgroups", "attention_split.f32", "span += gl_NumWorkGroups.x / groups",
    "span += gl_NumWorkGroups.x", cases: "4/2×32, 2 at 1100")

  private static func results(_ device: VulkanTestDevice) async throws -> [ValidationResult] {
    let seed = KernelValidationTests.seed
    return try await Validation(device.backend, seed: seed, kernels: [kernel]).run(fault.validationCases(seed: seed))
  }

  @Test func aWorkgroupTakesSeveralSpans() async throws {
    let results = try await Self.results(VulkanTestDevice())
    #expect(!results.isEmpty && results.allSatisfy { $0.verdict == .passed }, "\(results)")
  }

  @Test func spansLeftOutAreNoticed() async throws {
    let results = try await Self.results(VulkanTestDevice(pack: Self.fault.pack()))
    #expect(results.contains { $0.verdict == .failed })
  }
}
