import GPU
import Ops
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
    #expect(probe.emptyDispatchSeconds > 0)
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

  @Test(arguments: [true, false]) func knownAnswersAskEveryKernelThatPlansUse(isCPU: Bool) throws {
    let backend = try VulkanTestDevice.shared().backend
    var profile = backend.profile
    profile.isCPU = isCPU
    func planned(_ work: OperationCase, _ format: BlockFormat) throws -> [String] {
      let planner = Planner(
        program: work.program, limits: work.limits, profile: profile,
        weightSegments: work.weightSegments(format), availableVariants: backend.usableVariants)
      return try [false, true].flatMap {
        try planner.launches(tokenCount: work.limits.tokenCount, isPrompt: $0).map(\.launch.variant)
      }
    }
    for operation in OperationCatalogue.all {
      let questions = KnownAnswers.questions(operation, on: profile, variants: backend.usableVariants)
      #expect(questions.contains { $0.work.step.tokens.count == 1 }, "\(operation.name)")
      #expect(questions.contains { $0.work.step.tokens.count > 1 }, "\(operation.name)")
      let asked = Set(try questions.flatMap { try planned($0.work, $0.format) })
      // Caches are float16 unless somebody asks otherwise.
      let usual = operation.cases.filter { work in
        work.limits.keyValueFormat == .f16 || !work.program.tensors.contains(where: \.isKeyValueCache)
      }
      let all = try usual.flatMap { work in
        // A CPU's compiler is too slow for all of them.
        let decoded: [BlockFormat] = isCPU && work.step.tokens.count > 1 ? [] : [.q8_0]
        let formats = work.hasMatrixWeight ? ([.bf16] + decoded).filter(work.suits) : [.f32]
        return try formats.flatMap { try planned(work, $0) }
      }
      #expect(asked == Set(all), "\(operation.name)")
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
