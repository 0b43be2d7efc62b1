import GPU
import Ops
import ShaderCompiler
import Tensors
import TestKit
import Testing
import VulkanBackend
import Workbench

/// Probes on the device of this machine.
@Suite(.serialized) struct DeviceProberTests {
  @Test func figuresAreThereAndAnswersRight() async throws {
    let device = try VulkanTestDevice.unguarded()
    let probe = try await DeviceProber(device.backend).probe(date: "2026-11-24")
    #expect(probe.faults == [])
    #expect(probe.isRight)
    #expect(probe.isPlausible)
    #expect(probe.deviceUUID == device.backend.device.physical.deviceUUID)
    #expect(probe.name == device.backend.deviceName)
    #expect(probe.date == "2026-11-24")
    #expect(!probe.readGeometry.isEmpty)
    let features = device.backend.device.physical.features
    #expect((probe.f16FlopsPerSecond != nil) == features.shaderFloat16)
    #expect((probe.int8OperationsPerSecond != nil) == features.integerDotProduct)
    #expect((probe.cooperativeMatrixFlopsPerSecond != nil) == (device.backend.profile.float16MatrixShape != nil))
    // The probe's own buffers are gone with it.
    #expect(try await device.findings() == [])
  }

  @Test func knownAnswersAskEveryKernelThatPlansUse() throws {
    let device = try VulkanTestDevice.shared()
    let backend = device.backend
    for isCPU in [true, false] {
      var profile = backend.profile
      profile.isCPU = isCPU
      for operation in OperationCatalogue.all {
        func planned(_ candidates: [OperationCase]) throws -> Set<String> {
          var kernels: Set<String> = []
          for candidate in candidates {
            for format in candidate.hasMatrixWeight ? [.bf16, .q8_0].filter(candidate.suits) : [.f32] {
              let weights = try candidate.weights(seed: 1, format: format)
              let planner = Planner(
                program: candidate.program, limits: candidate.limits, profile: profile,
                weightSegments: try candidate.program.segments(of: weights), availableVariants: backend.usableVariants)
              for (_, launch) in try planner.launches(tokenCount: candidate.limits.tokenCount) {
                kernels.insert(launch.variant)
              }
            }
          }
          return kernels.filter { !$0.hasSuffix(".f32") }
        }
        let asked = try KnownAnswers.cases(of: operation) { try planned([$0]) }
        #expect(asked.contains { $0.step.tokens.count == 1 }, "\(operation.name)")
        #expect(asked.contains { $0.step.tokens.count > 1 }, "\(operation.name)")
        #expect(try planned(asked) == planned(operation.cases), "\(operation.name)")
      }
    }
  }

  @Test(arguments: ["add", "linear_lane.q8_0", "swiglu"])
  func aWrongKernelIsFoundAndNamed(_ variant: String) async throws {
    let fault = try #require(PlantedFaultTests.faults.first { $0.variant == variant && $0.check == .values })
    let device = try VulkanTestDevice(pack: try fault.pack())
    let faults = try await KnownAnswers.faults(on: device.backend)
    #expect(!faults.isEmpty)
    #expect(faults.allSatisfy { $0.hasPrefix("\(fault.kernel) ") }, "\(faults)")
  }

  @Test func aDeviceWithoutAnswersIsAFailureNotACrash() async throws {
    let device = try VulkanTestDevice {
      $0 = DeviceOptions(pipelineCacheDirectory: nil, intercept: { $0 == "vkQueueSubmit2" ? .deviceLost : nil })
    }
    let error = await #expect(throws: GPUError.self) {
      _ = try await DeviceProber(device.backend).probe(date: "2026-11-24")
    }
    #expect(error?.losesDevice == true)
  }
}
