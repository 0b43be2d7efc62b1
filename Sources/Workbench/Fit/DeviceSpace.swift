package import GPU
package import ShaderCompiler
package import VulkanBackend

/// What a device offers to a model: memory, and kernels.
package struct DeviceSpace: Sendable {
  package var profile: DeviceProfile
  /// Variants that it can run.
  package var variants: Set<String>
  /// What its largest heap has left.
  package var availableByteCount: Int

  package init(profile: DeviceProfile, variants: Set<String>, availableByteCount: Int) {
    self.profile = profile
    self.variants = variants
    self.availableByteCount = availableByteCount
  }

  /// - Parameter leftOut: files of kernels that plans do without.
  package init(_ device: PhysicalDevice, kernels: KernelPack, leftOut: Set<String>) {
    let profile = DeviceProfile(device)
    self.init(
      profile: profile, variants: kernels.usableVariants(on: profile, without: leftOut),
      availableByteCount: device.heaps.availableByteCount)
  }
}
