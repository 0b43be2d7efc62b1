package import ShaderCompiler

extension KernelPack {
  /// The kernels that were compiled from `shaders/` when this program was built.
  package static func embedded() throws(KernelPackError) -> KernelPack {
    var base64: [UInt8] = []
    for chunk in EmbeddedKernelPack.base64 { chunk.withUTF8Buffer { base64.append(contentsOf: $0) } }
    return try KernelPack(base64: base64)
  }

  /// Variants whose requirements a device fulfils.
  package func usableVariants(on profile: DeviceProfile) -> Set<String> {
    Set(variants.filter { Set($0.manifest.requirements).isSubset(of: profile.capabilities) }.map(\.name))
  }
}
