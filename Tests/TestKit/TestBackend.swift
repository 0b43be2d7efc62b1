public import Ops

/// The backends that must agree.
public enum TestBackend: String, Sendable, CaseIterable {
  case reference, vulkan

  public func open() throws -> any Backend {
    switch self {
    case .reference: ReferenceBackend()
    case .vulkan: try VulkanTestDevice.shared().backend
    }
  }
}
