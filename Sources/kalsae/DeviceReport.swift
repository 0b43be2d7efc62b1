import Workbench

/// What `kalsae devices` shows.
struct DeviceReport: Encodable {
  struct Heap: Encodable {
    let bytes: Int
    /// What the driver lets this process use now; absent where it does not say.
    let budgetBytes: Int?
    let usedBytes: Int?
    let isDeviceLocal: Bool
  }

  struct Entry: Encodable {
    let index: Int
    let name: String
    let kind: String
    let driver: String
    let driverVersion: String
    let vulkanVersion: String
    let uuid: String
    let pciAddress: String?
    let heaps: [Heap]
    let subgroupSize: Int
    let subgroupSizes: [Int]
    let sharedMemoryBytes: Int
    let maximumBindingBytes: Int
    let maximumAllocationBytes: Int
    let features: [String]
    /// Why it cannot be used; absent where it can.
    let rejection: String?
    /// Bytes that its largest device-local heap has left now.
    let availableBytes: Int
    /// What measuring it gave, now or earlier; absent where it never was.
    let probe: DeviceProbe?
    /// Why it could not be measured just now.
    let probeFailure: String?
  }

  let devices: [Entry]
  /// Index of the device that would be used; absent where there is none.
  let chosen: Int?
  /// The rule that decided, or why there is no device.
  let reason: String
  /// Environment variables that change what Vulkan shows.
  let environment: [String]

  func text(_ console: Console) -> String {
    var lines: [String] = []
    for device in devices {
      let mark = device.index == chosen ? "*" : " "
      lines.append(console.heading("\(mark) \(device.index)  \(device.name)") + "  (\(device.kind))")
      if let rejection = device.rejection { lines.append("     cannot be used: \(rejection)") }
      lines.append("     driver    \(device.driver) \(device.driverVersion), Vulkan \(device.vulkanVersion)")
      lines.append("     UUID      \(device.uuid)" + (device.pciAddress.map { ", PCI \($0)" } ?? ""))
      for heap in device.heaps {
        let budget = heap.budgetBytes.map { ", \(Figures.bytes($0)) for this process" } ?? ""
        lines.append("     memory    \(Figures.bytes(heap.bytes))\(heap.isDeviceLocal ? " of its own" : "")\(budget)")
      }
      let sizes = device.subgroupSizes.map { "\($0)" }.joined(separator: " to ")
      lines.append(
        "     subgroup  \(device.subgroupSize) (\(sizes)), shared memory \(Figures.bytes(device.sharedMemoryBytes))")
      lines.append(
        "     buffers   \(Figures.bytes(device.maximumBindingBytes)) per binding, "
          + "\(Figures.bytes(device.maximumAllocationBytes)) per allocation")
      lines.append("     features  \(device.features.joined(separator: " "))")
      lines += device.probeLines
    }
    lines.append("* \(reason)")
    let usable = devices.filter { $0.rejection == nil }
    if usable.count > 1, usable.contains(where: { $0.probe == nil && $0.probeFailure == nil }) {
      lines.append("  `kalsae devices --probe` measures now, else the first command that needs a device does")
    }
    lines += environment.map { "  set in the environment: \($0)" }
    return lines.map { $0 + "\n" }.joined()
  }
}

extension DeviceReport.Entry {
  fileprivate var probeLines: [String] {
    if let probeFailure { return ["     probe     failed: \(probeFailure)"] }
    guard let probe else { return [] }
    let rates = [
      ("f32", probe.f32FlopsPerSecond), ("f16", probe.f16FlopsPerSecond),
      ("matrices", probe.cooperativeMatrixFlopsPerSecond),
    ]
    var computes = rates.compactMap { name, rate in rate.map { "\(name) \(Figures.metric($0, "FLOP/s"))" } }
    if let rate = probe.int8OperationsPerSecond { computes.append("int8 \(Figures.metric(rate, "op/s"))") }
    let answers = probe.isRight ? ["     answers   right"] : probe.faults.map { "     WRONG     \($0)" }
    return answers
      + probe.wrongKernels.sorted { $0.key < $1.key }.map { "     LEFT OUT  \($0.value)" } + [
        "     reads     \(Figures.metric(probe.readBytesPerSecond, "B/s")) (\(probe.readGeometry))",
        "     weights   \(Figures.metric(probe.weightBytesPerSecond, "B/s")) (what writing tokens goes by)",
        "     copies    \(Figures.metric(probe.copyBytesPerSecond, "B/s"))",
        "     computes  \(computes.joined(separator: ", "))",
        "     dispatch  \(Figures.seconds(probe.emptyDispatchSeconds)), behind a barrier "
          + "\(Figures.seconds(probe.emptyDispatchSeconds + probe.barrierSeconds))",
        "     probed    \(probe.date) in \(Figures.seconds(probe.seconds))",
      ]
  }
}
