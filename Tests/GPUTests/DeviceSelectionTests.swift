import GPU
import Testing

@Suite struct DeviceSelectionTests {
  private static func device(
    _ index: Int, _ name: String, _ kind: DeviceKind, gibibytes: Int, uuid: String, pci: String? = nil,
    rejection: String? = nil
  ) -> PhysicalDevice {
    PhysicalDevice(
      index: index, name: name, kind: kind, deviceUUID: uuid, pciAddress: pci,
      heaps: [MemoryHeap(byteCount: gibibytes << 30, isDeviceLocal: true)], rejection: rejection)
  }

  private static let devices = [
    device(0, "llvmpipe (LLVM 15)", .cpu, gibibytes: 64, uuid: "6d657361000000000000000000000000"),
    device(
      1, "Radeon Graphics", .integrated, gibibytes: 16, uuid: "00000000c40000000000000000000000", pci: "0000:c4:00.0"),
    device(
      2, "GeForce RTX 3090", .discrete, gibibytes: 24, uuid: "aaaa1111000000000000000000000000", pci: "0000:01:00.0"),
    device(
      3, "GeForce RTX 4090", .discrete, gibibytes: 24, uuid: "aaaa2222000000000000000000000000", pci: "0000:02:00.0"),
    device(4, "Old Card", .discrete, gibibytes: 48, uuid: "bbbb0000000000000000000000000000", rejection: "Vulkan 1.2"),
  ]

  @Test(arguments: [
    ("0", 0), ("3", 3), ("llvm", 0), ("LLVMPIPE", 0), ("4090", 3), ("aaaa1", 2), ("AAAA2222-0000", 3),
    ("0000:02", 3), ("01:00.0", 2), ("c4:00", 1), ("radeon", 1),
  ])
  func requestNamesOneDevice(request: String, index: Int) throws {
    let choice = try DeviceSelection.choose(from: Self.devices, request: request)
    #expect(choice.device.index == index)
    #expect(choice.reason.contains("asked for"))
  }

  @Test(arguments: [nil, "", "auto", "AUTO"])
  func ruleDecides(request: String?) throws {
    let choice = try DeviceSelection.choose(from: Self.devices, request: request)
    #expect(choice.device.index == 2)
    #expect(choice.reason.contains("lowest"))
  }

  @Test(arguments: [
    ([0, 1], 1, "integrated device goes before a cpu"), ([0, 1, 3], 3, "discrete device goes before a integrated"),
    ([0, 4], 0, "only usable"), ([0], 0, "only usable"),
  ])
  func ruleGoesByKind(present: [Int], index: Int, reason: String) throws {
    let choice = try DeviceSelection.choose(from: present.map { Self.devices[$0] }, request: nil)
    #expect(choice.device.index == index)
    #expect(choice.reason.contains(reason))
  }

  @Test func moreMemoryGoesFirst() throws {
    let small = Self.device(0, "small", .discrete, gibibytes: 8, uuid: "01")
    let large = Self.device(1, "large", .discrete, gibibytes: 80, uuid: "02")
    let choice = try DeviceSelection.choose(from: [small, large], request: nil)
    #expect(choice.device.name == "large")
    #expect(choice.reason.contains("most memory"))
  }

  @Test(arguments: ["GeForce", "aaaa", "0000:0", "rtx"])
  func ambiguousRequestListsTheMatches(request: String) {
    let error = #expect(throws: GPUError.self) { try DeviceSelection.choose(from: Self.devices, request: request) }
    #expect(error?.kind == .invalid)
    #expect(error?.description.contains("2 devices") == true)
    #expect(error?.description.contains("RTX 3090") == true && error?.description.contains("RTX 4090") == true)
    #expect(error?.description.contains("Radeon") == false)
  }

  @Test(arguments: ["9", "Arc", "ffff0000", "0000:99:00.0", "aaa"])
  func missingDeviceListsAll(request: String) {
    let error = #expect(throws: GPUError.self) { try DeviceSelection.choose(from: Self.devices, request: request) }
    #expect(error?.kind == .notFound)
    for device in Self.devices { #expect(error?.description.contains(device.name) == true) }
  }

  @Test func rejectedDeviceSaysWhy() {
    let error = #expect(throws: GPUError.self) { try DeviceSelection.choose(from: Self.devices, request: "old") }
    #expect(error?.description == "Old Card cannot be used: Vulkan 1.2")
  }

  @Test func noDevices() {
    for request in [nil, "0"] {
      let error = #expect(throws: GPUError.self) { try DeviceSelection.choose(from: [], request: request) }
      #expect(error?.kind == .notFound)
      #expect(error?.description.contains("there is no Vulkan device on this machine") == true)
    }
  }
}
