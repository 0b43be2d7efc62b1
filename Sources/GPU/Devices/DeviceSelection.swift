import Foundation

/// Which device is used: a rule over facts and measurements, without a driver.
package enum DeviceSelection {
  /// Where rates differ by no more than this share, measuring once does not tell which device is faster.
  private static let sameSpeedShare = 0.05

  /// The device that `request` names, or the best one, and one sentence on why.
  ///
  /// `request` is an index (numbers of one or two digits are nothing else), the beginning of a UUID or PCI address, or part
  /// of a name in any case; nil, "" and "auto" leave the choice to the rule: never a device with wrong answers; then the one
  /// that reads weights fastest, where all that answer were measured; else, and within 5 %, discrete before integrated before virtual
  /// before CPU, then more memory of its own, then the lower index.
  ///
  /// - Parameter verdicts: of the devices that were measured, by index.
  /// - Throws: `GPUError` that lists the devices that are there.
  package static func choose(
    from devices: [PhysicalDevice], request: String?, verdicts: [Int: ProbeVerdict] = [:]
  ) throws(GPUError) -> (device: PhysicalDevice, reason: String) {
    guard !isAutomatic(request) else { return try best(of: devices, verdicts) }
    let wish = (request ?? "").lowercased()
    let (matches, how) = matches(devices, wish)
    guard let device = matches.first else {
      throw GPUError(.notFound, "no device matches \"\(request ?? "")\"; \(list(devices))")
    }
    guard matches.count == 1 else {
      throw GPUError(
        .invalid,
        "\"\(request ?? "")\" names \(matches.count) devices, give an index or a longer part; \(list(matches))")
    }
    if let rejection = device.rejection {
      throw GPUError(.invalid, "\(device.name) cannot be used: \(rejection)")
    }
    return (device, "\(device.name) was asked for by its \(how)")
  }

  /// Whether the choice is left to the rule.
  package static func isAutomatic(_ request: String?) -> Bool { ["", "auto"].contains(request?.lowercased() ?? "") }

  private static func best(
    of devices: [PhysicalDevice], _ verdicts: [Int: ProbeVerdict]
  ) throws(GPUError) -> (device: PhysicalDevice, reason: String) {
    let usable = inOrder(devices.filter { $0.rejection == nil })
    guard !usable.isEmpty else { throw GPUError(.notFound, "no usable Vulkan device; \(list(devices))") }
    var candidates: [PhysicalDevice] = []
    var wrong: [String] = []
    for device in usable {
      if case .wrong(let fault)? = verdicts[device.index] {
        wrong.append("\(label(device, among: usable)) gives wrong answers (\(fault))")
      } else {
        candidates.append(device)
      }
    }
    guard let first = candidates.first else {
      throw GPUError(
        .notFound, "no device has right answers: \(wrong.joined(separator: "; ")); --device takes one all the same")
    }
    var choice = (device: first, reason: "\(label(first, among: usable)) is the only usable device")
    if candidates.count > 1 { choice = best(ofSeveral: candidates, verdicts) }
    choice.reason += wrong.map { "; \($0)" }.joined()
    return choice
  }

  private static func best(
    ofSeveral candidates: [PhysicalDevice], _ verdicts: [Int: ProbeVerdict]
  ) -> (device: PhysicalDevice, reason: String) {
    var measured: [(device: PhysicalDevice, rate: Double)] = []
    var failed: Set<Int> = []
    var notes = ""
    for device in candidates {
      let label = label(device, among: candidates)
      switch verdicts[device.index] {
      case .right(let rate): measured.append((device, rate))
      case .failed(let reason):
        failed.insert(device.index)
        notes += "; \(label) could not be measured: \(reason)"
      case .wrong, nil: notes += "; \(label) was not measured yet"
      }
    }
    if !measured.isEmpty, measured.count + failed.count == candidates.count {
      let (device, cause) = fastest(of: measured)
      return (device, "\(label(device, among: candidates)) is chosen because \(cause)\(notes)")
    }
    let answering = candidates.filter { !failed.contains($0.index) }
    let ordered = answering.isEmpty ? candidates : answering
    return (ordered[0], "\(label(ordered[0], among: candidates)) is chosen because \(cause(ordered))\(notes)")
  }

  /// - Parameter measured: not empty, in the order of the rule without measurements.
  private static func fastest(
    of measured: [(device: PhysicalDevice, rate: Double)]
  ) -> (device: PhysicalDevice, cause: String) {
    let fastest = measured.map(\.rate).max() ?? 0
    let peers = measured.filter { $0.rate >= fastest * (1 - sameSpeedShare) }
    let (device, rate) = peers[0]
    let devices = measured.map(\.device)
    let others = measured.filter { $0.device.index != device.index }
      .map { ", \(label($0.device, among: devices)) at \(gigabytes($0.rate))" }
    let tie = peers.count > 1 ? "; within 5 %, \(cause(peers.map(\.device)))" : ""
    return (device, "it reads weights at \(gigabytes(rate))\(others.joined())\(tie)")
  }

  /// The name, with the index where another device has the same.
  private static func label(_ device: PhysicalDevice, among devices: [PhysicalDevice]) -> String {
    devices.count { $0.name == device.name } > 1 ? "\(device.name) [\(device.index)]" : device.name
  }

  /// The order of preference where nothing was measured.
  private static func inOrder(_ devices: [PhysicalDevice]) -> [PhysicalDevice] {
    func order(_ device: PhysicalDevice) -> (Int, Int, Int) {
      (device.kind.rank, -device.deviceLocalByteCount, device.index)
    }
    return devices.sorted { order($0) < order($1) }
  }

  /// Why the first of `ordered` goes before the second.
  private static func cause(_ ordered: [PhysicalDevice]) -> String {
    guard ordered.count > 1 else { return "it is the only one left" }
    let (device, next) = (ordered[0], ordered[1])
    if next.kind != device.kind { return "a \(device.kind) device goes before a \(next.kind) one" }
    if next.deviceLocalByteCount != device.deviceLocalByteCount {
      return "it has the most memory of its own among \(device.kind) devices"
    }
    return "its index is the lowest among equal \(device.kind) devices"
  }

  /// Such as `812 GB/s` and `34.1 GB/s`.
  private static func gigabytes(_ bytesPerSecond: Double) -> String {
    let rate = bytesPerSecond / 1e9
    return String(format: "%.*f GB/s", rate < 10 ? 2 : rate < 100 ? 1 : 0, rate)
  }

  /// An index decides alone; the other criteria are tried together, so that a request that could mean two is refused.
  private static func matches(_ devices: [PhysicalDevice], _ wish: String) -> ([PhysicalDevice], String) {
    if let index = Int(wish) {
      let device = devices.first { $0.index == index }
      // A longer number may also be part of a name, such as 4090.
      if device != nil || wish.count <= 2 { return (device.map { [$0] } ?? [], "index") }
    }
    let shortestPrefix = 4
    let digits = wish.filter { $0 != "-" }
    var how = "name"
    let matches = devices.filter { device in
      if device.name.lowercased().contains(wish) { return true }
      guard wish.count >= shortestPrefix else { return false }
      if device.deviceUUID.lowercased().hasPrefix(digits) {
        how = "UUID"
        return true
      }
      guard let address = device.pciAddress?.lowercased() else { return false }
      // People leave the domain away, since it is 0000 on nearly every machine.
      guard address.hasPrefix(wish) || address.drop(while: { $0 != ":" }).dropFirst().hasPrefix(wish) else {
        return false
      }
      how = "PCI address"
      return true
    }
    return (matches, how)
  }

  private static func list(_ devices: [PhysicalDevice]) -> String {
    guard !devices.isEmpty else { return "there is no Vulkan device on this machine" }
    let lines = devices.map { device in
      let rejection = device.rejection.map { ", unusable: \($0)" } ?? ""
      let address = device.pciAddress.map { ", PCI \($0)" } ?? ""
      return "\(device.index) = \(device.name) (\(device.kind), UUID \(device.deviceUUID)\(address)\(rejection))"
    }
    return "there are: " + lines.joined(separator: "; ")
  }
}
