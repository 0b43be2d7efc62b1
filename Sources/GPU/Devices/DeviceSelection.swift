/// Which device is used: a rule over facts, without a driver.
package enum DeviceSelection {
  /// The device that `request` names, or the best one, and one sentence on why.
  ///
  /// `request` is an index (numbers of one or two digits are nothing else), the beginning of a UUID or PCI address, or part of a name in any case; nil, "" and "auto"
  /// leave the choice to the rule: discrete before integrated before virtual before CPU, then more memory of its own,
  /// then the lower index.
  /// - Throws: `GPUError` that lists the devices that are there.
  package static func choose(
    from devices: [PhysicalDevice], request: String?
  ) throws(GPUError) -> (device: PhysicalDevice, reason: String) {
    let wish = (request ?? "").lowercased()
    guard !wish.isEmpty, wish != "auto" else { return try best(of: devices) }
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

  private static func best(of devices: [PhysicalDevice]) throws(GPUError) -> (device: PhysicalDevice, reason: String) {
    func order(_ device: PhysicalDevice) -> (Int, Int, Int) {
      (device.kind.rank, -device.deviceLocalByteCount, device.index)
    }
    let usable = devices.filter { $0.rejection == nil }.sorted { order($0) < order($1) }
    guard let device = usable.first else { throw GPUError(.notFound, "no usable Vulkan device; \(list(devices))") }
    guard usable.count > 1 else { return (device, "\(device.name) is the only usable device") }
    let next = usable[1]
    if next.kind != device.kind {
      return (device, "\(device.name) is chosen because a \(device.kind) device goes before a \(next.kind) one")
    }
    if next.deviceLocalByteCount != device.deviceLocalByteCount {
      return (device, "\(device.name) is chosen because it has the most memory of its own among \(device.kind) devices")
    }
    return (device, "\(device.name) is chosen because its index is the lowest among equal \(device.kind) devices")
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
