/// Why the GPU cannot do what was asked: a kind for programs, one sentence for people.
package struct GPUError: Error, Hashable, Sendable, CustomStringConvertible {
  package enum Kind: Hashable, Sendable {
    /// A device, layer or file that was asked for is not there.
    case notFound
    /// So many bytes more would have been needed.
    case outOfMemory(missingByteCount: Int)
    /// The driver gave the device up; every object on it is dead, a new `Device` may work.
    case deviceLost
    /// Work did not end in time; the device counts as lost from then on.
    case deadline
    /// A Vulkan call that failed in another way.
    case vulkan(VulkanResult, call: String)
    /// The caller asked for something that cannot be.
    case invalid
    /// Two dispatches touch the same bytes with no barrier between.
    case hazard
  }

  package let kind: Kind
  package let description: String

  package init(_ kind: Kind, _ description: String) {
    self.kind = kind
    self.description = description
  }

  /// Whether the device is gone for good and a new one has to be made.
  package var losesDevice: Bool { kind == .deviceLost || kind == .deadline }

  static func invalid(_ description: String) -> GPUError { GPUError(.invalid, description) }

  /// The error for a call that returned `result`.
  static func failed(_ result: VulkanResult, call: String, device: String) -> GPUError {
    switch result {
    case .deviceLost:
      return GPUError(.deviceLost, "the driver lost the device \(device) in \(call)")
    case .outOfDeviceMemory:
      return GPUError(.outOfMemory(missingByteCount: 0), "\(device) is out of device memory in \(call)")
    case .outOfHostMemory:
      return GPUError(.outOfMemory(missingByteCount: 0), "the driver of \(device) is out of host memory in \(call)")
    default:
      return GPUError(.vulkan(result, call: call), "\(call) failed on \(device): \(result)")
    }
  }
}
