import Foundation
import GPU
import ShaderCompiler
import TestKit
import Testing
import VulkanBackend
import Workbench

/// Probes between runs.
@Suite struct ProbeStoreTests {
  private static func probe(faults: [String] = [], read: Double = 812e9) throws -> DeviceProbe {
    let text = """
      {"deviceUUID": "01", "name": "Card", "driverName": "driver", "driverVersion": "1.2", "date": "2026-11-24",
       "isRight": \(faults.isEmpty), "faults": \(faults), "wrongKernels": {}, "readBytesPerSecond": \(read), "readGeometry": "grid", "weightBytesPerSecond": 7.5e11,
       "copyBytesPerSecond": 7e11, "f32FlopsPerSecond": 3e13, "emptyDispatchSeconds": 2e-6, "barrierSeconds": 0,
       "seconds": 1.5}
      """
    return try JSONDecoder().decode(DeviceProbe.self, from: Data(text.utf8))
  }

  private static func device(
    _ index: Int = 0, uuid: String = "01", driver: String = "1.2", rejection: String? = nil
  ) -> PhysicalDevice {
    var device = PhysicalDevice(index: index, name: "Card", deviceUUID: uuid, rejection: rejection)
    device.driverVersion = driver
    return device
  }

  private let kernels = KernelPack(variants: [])
  private let folder: TemporaryFolder
  private let store: ProbeStore
  private let identity: ProbeIdentity

  init() throws {
    folder = try TemporaryFolder()
    store = ProbeStore(folder: folder.path + "/deep/probes")
    identity = ProbeIdentity(Self.device(), kernels: kernels)
  }

  @Test func whatIsKeptIsFound() throws {
    #expect(store.outcome(for: identity) == nil)
    let probe = try Self.probe()
    #expect(store.keep(.measured(probe), for: identity))
    #expect(store.outcome(for: identity) == .measured(probe))
    let faster = try Self.probe(faults: ["add f32: 1"], read: 900e9)
    #expect(store.keep(.measured(faster), for: identity))
    #expect(store.outcome(for: identity) == .measured(faster))
    #expect(try FileManager.default.contentsOfDirectory(atPath: store.folder).count == 1)
    let attributes = try FileManager.default.attributesOfItem(atPath: store.path(for: identity))
    #expect((attributes[.posixPermissions] as? Int) == 0o600)
  }

  @Test func anotherDeviceDriverOrKernelHasNone() throws {
    #expect(store.keep(.measured(try Self.probe()), for: identity))
    let variant = try #require(try KernelPack.embedded().variants.first)
    let others = [
      ProbeIdentity(Self.device(uuid: "02"), kernels: kernels),
      ProbeIdentity(Self.device(driver: "1.3"), kernels: kernels),
      ProbeIdentity(Self.device(), kernels: KernelPack(variants: [variant])),
    ]
    for other in others {
      #expect(store.outcome(for: other) == nil)
      // Not even where its file was put in the place of the other's.
      try FileManager.default.copyItem(atPath: store.path(for: identity), toPath: store.path(for: other))
      #expect(store.outcome(for: other) == nil)
    }
  }

  @Test(arguments: [
    "", "{", "null", "{\"identity\": 1}", String(repeating: " ", count: 1 << 17),
  ])
  func aBrokenFileIsIgnoredAndReplaced(content: String) throws {
    let probe = try Self.probe()
    #expect(store.keep(.measured(probe), for: identity))
    try content.write(toFile: store.path(for: identity), atomically: true, encoding: .utf8)
    #expect(store.outcome(for: identity) == nil)
    #expect(store.keep(.measured(probe), for: identity))
    #expect(store.outcome(for: identity) == .measured(probe))
  }

  @Test(arguments: ["-812000000000", "0", "1e999"])
  func figuresThatCannotBeAreIgnored(figure: String) throws {
    #expect(store.keep(.measured(try Self.probe()), for: identity))
    let path = store.path(for: identity)
    let text = try String(contentsOfFile: path, encoding: .utf8)
    #expect(text.contains("812000000000"))
    try text.replacingOccurrences(of: "812000000000", with: figure).write(
      toFile: path, atomically: true, encoding: .utf8)
    #expect(store.outcome(for: identity) == nil)
  }

  @Test func aFolderThatCannotBeIsNoError() throws {
    try folder.write("file", "")
    let store = ProbeStore(folder: folder.path + "/file/probes")
    #expect(!store.keep(.measured(try Self.probe()), for: identity))
    #expect(store.outcome(for: identity) == nil)
  }

  @Test func whatMustBeProbedFollowsFromWhatIsToBeUsed() throws {
    let rejected = Self.device(1, uuid: "02", rejection: "old")
    let other = Self.device(2, uuid: "03")
    var cpu = Self.device(3, uuid: "04")
    cpu.kind = .cpu
    #expect(store.keep(.measured(try Self.probe()), for: identity))
    func missing(_ devices: [PhysicalDevice], for request: String? = nil, store: ProbeStore?) -> [Int] {
      ProbedDevices(devices, kernels: kernels, store: store).missing(for: request).map(\.index)
    }
    // A GPU before it is trusted, also the only one; a CPU driver only beside others.
    #expect(missing([other], store: store) == [2])
    #expect(missing([other, rejected], store: store) == [2])
    #expect(missing([cpu], store: store) == [])
    #expect(missing([Self.device(), other, rejected, cpu], store: store) == [2, 3])
    #expect(missing([Self.device(), other, cpu], for: "2", store: store) == [2])
    #expect(missing([Self.device(), other, cpu], for: "0", store: store) == [])
    #expect(missing([Self.device(), other, cpu], for: "3", store: store) == [])
    #expect(missing([Self.device(), other], for: "nobody", store: store) == [])
    #expect(missing([Self.device(), other], store: nil) == [])
  }

  @Test func kernelsThatAreLeftOutAreTold() throws {
    var probe = try Self.probe()
    probe.wrongKernels = ["linear_coopmat": "linear_coopmat bf16, case 1×7: element 0 is 1"]
    #expect(store.keep(.measured(probe), for: identity))
    let probed = ProbedDevices([Self.device()], kernels: kernels, store: store)
    #expect(
      probed.notes(on: Self.device()) == [
        "Card does without the kernel linear_coopmat, which gave a wrong answer: linear_coopmat bf16, case 1×7: "
          + "element 0 is 1"
      ])
    #expect(probed.verdicts == [0: .right(weightBytesPerSecond: 7.5e11)])
    #expect(probed.notes(on: Self.device(5)) == [])
  }

  @Test func verdictsFollowFromProbes() throws {
    #expect(store.keep(.measured(try Self.probe()), for: identity))
    let wrong = Self.device(1, uuid: "02")
    #expect(
      store.keep(
        .measured(try Self.probe(faults: ["add f32: 1", "more"])), for: ProbeIdentity(wrong, kernels: kernels)))
    let probed = ProbedDevices(
      [Self.device(), wrong, Self.device(2, uuid: "03")], kernels: kernels, store: store)
    #expect(probed.verdicts == [0: .right(weightBytesPerSecond: 7.5e11), 1: .wrong("add f32: 1")])
  }

  @Test func aDeviceThatCannotBeOpenedIsAFailure() async throws {
    let device = Self.device(77)
    var probed = ProbedDevices([device], kernels: kernels, store: store)
    await probed.probe(device, instance: try Instance())
    #expect(probed.probes.isEmpty)
    #expect(probed.failures[77]?.contains("no device matches") == true)
    #expect(probed.verdicts[77] == probed.failures[77].map { .failed($0) })
    // It is not tried again and again.
    #expect(
      ProbedDevices([device, Self.device(78, uuid: "02")], kernels: kernels, store: store).missing(for: nil).map(
        \.index)
        == [78])
  }
}
