package import GPU
package import ShaderCompiler

/// What a probe is good for: another device, driver, kernel or way of measuring needs another one.
package struct ProbeIdentity: Sendable, Codable, Hashable {
  /// Of the way of measuring.
  private static let currentVersion = 2

  package var deviceUUID: String
  package var driverUUID: String
  package var driverVersion: String
  /// CPU drivers have the same UUID on every machine.
  package var name: String
  package var version: Int
  /// Of all kernels.
  package var kernels: String

  package init(_ device: PhysicalDevice, kernels: KernelPack) {
    deviceUUID = device.deviceUUID
    driverUUID = device.driverUUID
    driverVersion = device.driverVersion
    name = device.name
    version = Self.currentVersion
    self.kernels = kernels.fingerprint
  }
}
