package import GPU
package import Ops
package import ShaderCompiler

extension PipelineDescription {
  /// The pipeline that a launch needs.
  ///
  /// - Throws: `ProgramError` where the pack lacks the variant, or kernel and shader disagree.
  package init(_ launch: Launch, pack: KernelPack, profile: DeviceProfile) throws(ProgramError) {
    guard let variant = pack[variant: launch.variant] else {
      throw ProgramError("the kernel pack has no variant \(launch.variant)")
    }
    guard variant.reflection.pushConstantByteCount == launch.pushConstants.count,
      variant.reflection.bindings.count == launch.bindings.count + 1
    else {
      throw ProgramError("kernel \(launch.variant) and its shader disagree about bindings or push constants")
    }
    var specialization: [UInt32: UInt32] = [0: UInt32(launch.workgroupSize)]
    for constant in variant.reflection.specializationConstants where constant.id != 0 {
      guard let value = launch.constants[constant.name] else { continue }
      specialization[UInt32(constant.id)] = UInt32(value)
    }
    self.init(
      label: PipelineKey(launch).label, spirv: variant.words, bindingCount: variant.reflection.bindings.count,
      pushConstantByteCount: launch.pushConstants.count, specialization: specialization,
      subgroupSize: launch.usesSubgroups ? profile.subgroupSize : nil)
  }
}

extension KernelPack {
  /// Variants whose requirements a device fulfils.
  package func usableVariants(on profile: DeviceProfile) -> Set<String> {
    Set(variants.filter { Set($0.manifest.requirements).isSubset(of: profile.capabilities) }.map(\.name))
  }
}
