/// What sort of processor a device is.
package enum DeviceKind: String, Codable, Hashable, Sendable, CaseIterable {
  case discrete, integrated, virtual, cpu, other

  /// A lower rank is preferred where nobody asked for a device.
  package var rank: Int {
    switch self {
    case .discrete: 0
    case .integrated: 1
    case .virtual: 2
    case .cpu: 3
    case .other: 4
    }
  }
}
