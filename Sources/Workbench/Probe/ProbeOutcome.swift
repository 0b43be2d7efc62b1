/// What came of measuring a device.
package enum ProbeOutcome: Sendable, Codable, Hashable {
  case measured(DeviceProbe)
  /// It could not be: why.
  case failed(String)
}
