/// The driver and device that a pipeline cache is good for.
package struct PipelineCacheIdentity: Hashable, Sendable {
  package var vendorID: UInt32
  package var deviceID: UInt32
  package var driverVersion: UInt32
  /// 16 bytes.
  package var uuid: [UInt8]

  package init(vendorID: UInt32, deviceID: UInt32, driverVersion: UInt32, uuid: [UInt8]) {
    self.vendorID = vendorID
    self.deviceID = deviceID
    self.driverVersion = driverVersion
    self.uuid = uuid
  }

  init(_ device: PhysicalDevice) {
    self.init(
      vendorID: UInt32(truncatingIfNeeded: device.vendorID), deviceID: UInt32(truncatingIfNeeded: device.deviceID),
      driverVersion: device.rawDriverVersion, uuid: device.pipelineCacheUUID)
  }
}
