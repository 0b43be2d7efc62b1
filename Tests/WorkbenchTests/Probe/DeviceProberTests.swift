import GPU
import Models
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
    #expect(probe.faults == [] && probe.wrongKernels == [:])
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

  private func pack(_ variant: String) throws -> (pack: KernelPack, kernel: String) {
    let fault = try #require(PlantedFaultTests.faults.first { $0.variant == variant && $0.check == .values })
    return (try fault.pack(), fault.kernel)
  }

  @Test(arguments: ["add", "swiglu"]) func aWrongKernelWithoutAnotherIsAFault(_ variant: String) async throws {
    let (pack, kernel) = try pack(variant)
    let outcome = try await KnownAnswers.outcome(on: VulkanTestDevice(pack: pack).backend)
    #expect(outcome.wrongKernels == [:] && !outcome.faults.isEmpty)
    #expect(outcome.faults.allSatisfy { $0.hasPrefix("\(kernel) ") }, "\(outcome.faults)")
  }

  /// Switched off by name, and the next one serves, with right answers.
  @Test func aWrongKernelIsLeftOutWhereAnotherServes() async throws {
    let (pack, kernel) = try pack("linear_lane.q8_0")
    let device = try VulkanTestDevice(pack: pack)
    let outcome = try await KnownAnswers.outcome(on: device.backend)
    #expect(outcome.faults == [] && Set(outcome.wrongKernels.keys) == [kernel])
    #expect(outcome.wrongKernels[kernel]?.hasPrefix("\(kernel) q8_0, case ") == true)

    let without = try VulkanBackend(
      request: "\(device.backend.device.physical.index)", instance: device.instance, pack: pack,
      leftOut: { _ in KernelCatalogue.families(of: outcome.wrongKernels.keys) })
    let outcomeWithout = try await KnownAnswers.outcome(on: without)
    #expect(outcomeWithout.wrongKernels == [:] && outcomeWithout.faults == [])
    let model = try Model(path: Fixtures.model("exaone-3.0"), matrixFormat: .q8_0)
    let right = try VulkanTestDevice.shared().backend
    var answers: [[Int32]] = []
    for backend in [right, without, device.backend] {
      let run = try await ModelRun(model, on: backend, keyValueFormat: .f16)
      answers.append(try await run.greedy([5, 6, 7], count: 8))
    }
    #expect(answers[1] == answers[0] && answers[2] != answers[0])
  }

  /// Whatever is wrong, asking ends; kernels that give the same bits are left out together.
  @Test func askingEndsAndFamiliesGoTogether() async throws {
    let pack = try KernelPack.embedded()
    var profile = DeviceProfile(
      subgroupSize: 32, isCPU: false, bindingByteCount: 1 << 30, bindingAlignment: 64, workgroupSize: 1024,
      capabilities: Set(pack.variants.flatMap(\.manifest.requirements)))
    profile.sharedMemoryByteCount = 1 << 16
    profile.matrixShapes = [
      CooperativeMatrixShape(m: 16, n: 16, k: 16, a: .float16, b: .float16, c: .float32, result: .float32)
    ]
    func outcome(
      _ operation: any Operation.Type, on profile: DeviceProfile, wrong: Set<String>
    ) async throws -> (outcome: KnownAnswers.Outcome, rounds: [Set<String>]) {
      var rounds: [Set<String>] = []
      let outcome = try await KnownAnswers.outcome(
        of: operation, on: profile, pack: pack, variants: pack.usableVariants(on: profile)
      ) { _, variants in
        rounds.append(Set(pack.variants.filter { variants.contains($0.name) }.map(\.file)))
        return Dictionary(uniqueKeysWithValues: wrong.map { ($0, ["\($0) is wrong"]) })
      }
      return (outcome, rounds)
    }
    let coopmat = try await outcome(Linear.self, on: profile, wrong: ["linear_coopmat"])
    #expect(coopmat.outcome == KnownAnswers.Outcome(wrongKernels: ["linear_coopmat": "linear_coopmat is wrong"]))
    #expect(coopmat.rounds.count == 2 && !coopmat.rounds[1].contains("linear_coopmat"))
    // Not even where no plan takes it.
    let unused = try await outcome(Linear.self, on: profile, wrong: ["linear_coopmat2", "nothing"])
    #expect(unused.rounds.count == 2)
    let both = try await outcome(Linear.self, on: profile, wrong: ["linear_coopmat", "linear_subgroup"])
    #expect(both.outcome.wrongKernels["linear_coopmat"] != nil)
    profile.plan(forCPU: true)
    profile.subgroupSize = 8
    let attention = try await outcome(Attention.self, on: profile, wrong: ["attention_positions"])
    #expect(attention.outcome.faults == [] && attention.rounds.count == 2)
    #expect(attention.rounds[1].isDisjoint(with: ["attention_positions", "attention_tokens"]))
    let all = try await outcome(
      Attention.self, on: profile, wrong: Set(KernelCatalogue.all.filter { $0.operation == Attention.self }.map(\.file))
    )
    #expect(!all.outcome.faults.isEmpty && all.rounds.count < 5)
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
