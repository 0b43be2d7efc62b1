/// What came of measuring a device.
package enum ProbeOutcome: Sendable, Codable, Hashable {
  case measured(DeviceProbe)
  /// It could not be: why, and the kernels that had been found wrong by then, as in `DeviceProbe`.
  case failed(String, wrongKernels: [String: String])
}
