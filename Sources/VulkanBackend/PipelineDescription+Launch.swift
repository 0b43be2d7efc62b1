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
    self.init(
      variant, workgroupSize: launch.workgroupSize, constants: launch.constants,
      subgroupSize: launch.usesSubgroups ? profile.subgroupSize : nil, label: PipelineKey(launch).label)
  }

  /// The pipeline of a variant with its constants by their name in GLSL; id 0 is the workgroup size.
  init(
    _ variant: KernelVariant, workgroupSize: Int, constants: [String: Int], subgroupSize: Int?, label: String
  ) {
    var specialization: [UInt32: UInt32] = [0: UInt32(workgroupSize)]
    for constant in variant.reflection.specializationConstants where constant.id != 0 {
      if let value = constants[constant.name] { specialization[UInt32(constant.id)] = UInt32(value) }
    }
    self.init(
      label: label, spirv: variant.words, bindingCount: variant.reflection.bindings.count,
      pushConstantByteCount: variant.reflection.pushConstantByteCount, specialization: specialization,
      subgroupSize: subgroupSize)
  }
}

extension KernelPack {
  /// Variants whose requirements a device fulfils.
  ///
  /// - Parameter leftOut: files of kernels that are not to be used.
  package func usableVariants(on profile: DeviceProfile, without leftOut: Set<String> = []) -> Set<String> {
    let usable = variants.filter {
      Set($0.manifest.requirements).isSubset(of: profile.capabilities) && !leftOut.contains($0.file)
    }
    return Set(usable.map(\.name))
  }
}
