import Foundation
package import GPU
package import ShaderCompiler
import Synchronization
package import VulkanBackend

/// A Vulkan device with everything on that finds faults: validation layer, hazard auditor, guard bytes.
package final class VulkanTestDevice: Sendable {
  package let instance: Instance
  package let backend: VulkanBackend

  /// - Parameters:
  ///   - pack: other kernels than the built-in ones, to plant faults.
  ///   - weightChunkByteCount: a small number cuts every weight into chunks of rows.
  ///   - layers: other parts of the validation layer than the usual one.
  ///   - change: other options than the usual ones.
  package init(
    pack: KernelPack? = nil, weightChunkByteCount: Int? = nil, layers: InstanceOptions? = nil,
    change: (inout DeviceOptions) -> Void = { _ in }
  ) throws {
    instance = try Instance(layers ?? InstanceOptions(validation: true))
    var options = DeviceOptions(guardByteCount: 256, auditsHazards: true, pipelineCacheDirectory: nil)
    change(&options)
    backend = try VulkanBackend(
      request: ProcessInfo.processInfo.environment["KALSAE_DEVICE"], instance: instance, options: options, pack: pack,
      weightChunkByteCount: weightChunkByteCount)
  }

  /// A device as `kalsae run` opens it: without guards, so that activations share memory.
  ///
  /// - Parameter isValidating: whether the validation layer is loaded all the same.
  package static func unguarded(isValidating: Bool = true) throws -> VulkanTestDevice {
    try VulkanTestDevice(layers: InstanceOptions(validation: isValidating)) {
      $0.guardByteCount = 0
      $0.auditsHazards = false
    }
  }

  private static let opened = Mutex<VulkanTestDevice?>(nil)

  /// The device that tests without planted faults share.
  package static func shared() throws -> VulkanTestDevice {
    try opened.withLock { opened in
      if let device = opened { return device }
      let device = try VulkanTestDevice()
      opened = device
      return device
    }
  }

  /// What validation said and which guards were overwritten, in words; empty where all is well.
  package func findings() async throws -> [String] {
    instance.validationMessages + (try await backend.guardFindings())
  }
}
