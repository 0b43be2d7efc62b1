import GPU
import Testing

/// The choice among devices that were measured.
@Suite struct MeasuredSelectionTests {
  private static func device(
    _ index: Int, _ name: String, _ kind: DeviceKind, gibibytes: Int = 8, rejection: String? = nil
  ) -> PhysicalDevice {
    PhysicalDevice(
      index: index, name: name, kind: kind, heaps: [MemoryHeap(byteCount: gibibytes << 30, isDeviceLocal: true)],
      rejection: rejection)
  }

  private static let cpu = device(0, "lavapipe", .cpu, gibibytes: 64)
  private static let phone = device(1, "Mali", .integrated)
  private static let card = device(2, "Radeon", .discrete, gibibytes: 16)
  private static let twin = device(3, "Radeon 2", .discrete, gibibytes: 16)
  private static let old = device(4, "Old Card", .discrete, rejection: "Vulkan 1.2")

  private static func right(_ gigabytes: Double) -> ProbeVerdict { .right(weightBytesPerSecond: gigabytes * 1e9) }

  @Test func theFastestGoesFirstWhateverItsKind() throws {
    let choice = try DeviceSelection.choose(
      from: [Self.cpu, Self.phone], request: nil, verdicts: [0: Self.right(34.12), 1: Self.right(5.678)])
    #expect(choice.device.index == 0)
    #expect(choice.reason == "lavapipe is chosen because it reads weights at 34.1 GB/s, Mali at 5.68 GB/s")
  }

  @Test func figuresOfAllAreInTheReason() throws {
    let choice = try DeviceSelection.choose(
      from: [Self.cpu, Self.phone, Self.card, Self.old], request: "auto",
      verdicts: [0: Self.right(34), 1: Self.right(60), 2: Self.right(812)])
    #expect(choice.device.index == 2)
    #expect(
      choice.reason == "Radeon is chosen because it reads weights at 812 GB/s, Mali at 60.0 GB/s, lavapipe at 34.0 GB/s"
    )
  }

  @Test(arguments: [(95.0, 2), (94.9, 1)])
  func withinFivePercentTheDiscreteOneGoesFirst(rate: Double, index: Int) throws {
    let choice = try DeviceSelection.choose(
      from: [Self.phone, Self.card], request: nil, verdicts: [1: Self.right(100), 2: Self.right(rate)])
    #expect(choice.device.index == index)
    #expect(choice.reason.contains("within 5 %, a discrete device goes before a integrated one") == (index == 2))
  }

  @Test func equalDevicesGoByMemoryThenIndex() throws {
    let large = Self.device(5, "Radeon Pro", .discrete, gibibytes: 48)
    var choice = try DeviceSelection.choose(
      from: [Self.card, Self.twin], request: nil, verdicts: [2: Self.right(801), 3: Self.right(803)])
    #expect(choice.device.index == 2)
    #expect(choice.reason.hasSuffix("within 5 %, its index is the lowest among equal discrete devices"))
    choice = try DeviceSelection.choose(
      from: [Self.card, large], request: nil, verdicts: [2: Self.right(801), 5: Self.right(803)])
    #expect(choice.device.index == 5)
    #expect(choice.reason.hasSuffix("within 5 %, it has the most memory of its own among discrete devices"))
  }

  @Test func devicesOfOneNameAreToldApart() throws {
    let other = Self.device(7, "Radeon", .discrete, gibibytes: 16)
    let devices = [Self.card, other, Self.cpu]
    var choice = try DeviceSelection.choose(
      from: devices, request: nil, verdicts: [0: Self.right(9), 2: Self.right(400), 7: Self.right(800)])
    #expect(
      choice.reason
        == "Radeon [7] is chosen because it reads weights at 800 GB/s, Radeon [2] at 400 GB/s, lavapipe at 9.00 GB/s")
    choice = try DeviceSelection.choose(
      from: devices, request: nil, verdicts: [0: Self.right(9), 2: .wrong("add: 1"), 7: .failed("lost")])
    #expect(choice.reason.contains("; Radeon could not be measured: lost"))
    #expect(choice.reason.hasSuffix("; Radeon [2] gives wrong answers (add: 1)"))
  }

  @Test func wrongAnswersAreNeverChosen() throws {
    let wrong = ProbeVerdict.wrong("linear_subgroup bf16: element 3")
    let choice = try DeviceSelection.choose(
      from: [Self.cpu, Self.phone, Self.card], request: nil,
      verdicts: [0: Self.right(34), 1: Self.right(20), 2: wrong])
    #expect(choice.device.index == 0)
    #expect(
      choice.reason
        == "lavapipe is chosen because it reads weights at 34.0 GB/s, Mali at 20.0 GB/s; Radeon gives wrong answers "
        + "(linear_subgroup bf16: element 3)")
    let rest = try DeviceSelection.choose(from: [Self.cpu, Self.card], request: nil, verdicts: [2: wrong])
    #expect(rest.device.index == 0)
    #expect(rest.reason.hasPrefix("lavapipe is the only usable device; Radeon gives wrong answers"))
  }

  @Test func whereAllAreWrongNoneIsChosen() throws {
    for devices in [[Self.card], [Self.cpu, Self.card]] {
      let error = #expect(throws: GPUError.self) {
        try DeviceSelection.choose(
          from: devices, request: nil, verdicts: [0: .wrong("add: 1"), 2: .wrong("argmax: 2")])
      }
      #expect(error?.kind == .notFound)
      #expect(error?.description.contains("Radeon gives wrong answers (argmax: 2)") == true)
      #expect(error?.description.contains("--device") == true)
    }
  }

  @Test func whoAsksForAWrongDeviceGetsIt() throws {
    let choice = try DeviceSelection.choose(
      from: [Self.cpu, Self.card], request: "radeon", verdicts: [2: .wrong("add: 1")])
    #expect(choice.device.index == 2)
    #expect(choice.reason == "Radeon was asked for by its name")
  }

  @Test func whatCannotBeMeasuredIsLeftOut() throws {
    let failed = ProbeVerdict.failed("the driver lost the device")
    let choice = try DeviceSelection.choose(
      from: [Self.cpu, Self.card], request: nil, verdicts: [0: Self.right(34), 2: failed])
    #expect(choice.device.index == 0)
    #expect(
      choice.reason
        == "lavapipe is chosen because it reads weights at 34.0 GB/s; Radeon could not be measured: the driver lost the device"
    )
  }

  @Test func withoutAllFiguresTheKindDecides() throws {
    var choice = try DeviceSelection.choose(
      from: [Self.cpu, Self.phone], request: nil, verdicts: [0: Self.right(34)])
    #expect(choice.device.index == 1)
    #expect(
      choice.reason
        == "Mali is chosen because a integrated device goes before a cpu one; Mali was not measured yet")
    choice = try DeviceSelection.choose(
      from: [Self.cpu, Self.phone, Self.card], request: nil, verdicts: [0: Self.right(34), 2: .failed("lost")])
    #expect(choice.device.index == 1)
    choice = try DeviceSelection.choose(
      from: [Self.phone, Self.card], request: nil, verdicts: [2: .failed("lost")])
    #expect(choice.device.index == 1)
    #expect(choice.reason.hasPrefix("Mali is chosen because it is the only one left; "))
  }

  @Test func whereNoneCanBeMeasuredTheKindDecides() throws {
    let choice = try DeviceSelection.choose(
      from: [Self.cpu, Self.card], request: nil, verdicts: [0: .failed("memory"), 2: .failed("lost")])
    #expect(choice.device.index == 2)
    #expect(
      choice.reason
        == "Radeon is chosen because a discrete device goes before a cpu one; Radeon could not be measured: lost; "
        + "lavapipe could not be measured: memory")
  }

  @Test(arguments: [nil, "", "auto", "AUTO"]) func nothingMeansAuto(request: String?) {
    #expect(DeviceSelection.isAutomatic(request))
  }

  @Test(arguments: ["0", "automatic", "cpu"]) func anythingElseIsARequest(request: String) {
    #expect(!DeviceSelection.isAutomatic(request))
  }
}
