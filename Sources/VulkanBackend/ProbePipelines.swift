import CKernelParams
package import GPU
import ShaderCompiler

/// How the grids of probes are cut.
package enum ProbeGeometry {
  /// Enough to fill the largest GPU, few enough that a CPU driver does not count groups.
  private static let mostGroups = 4096

  /// Workgroups for `items`, each of which goes to one invocation; invocations stride over what is left.
  package static func groups(items: Int, perGroup: Int) -> Int {
    min(mostGroups, max(1, items.dividedRoundingUp(by: perGroup)))
  }

  /// Push constants: vectors to touch, and how often, or rounds of arithmetic.
  package static func constants(count: Int, rounds: Int) -> [UInt8] {
    pushConstants(ProbeParams(count: UInt32(clamping: count), iterations: UInt32(clamping: rounds)))
  }
}

extension VulkanBackend {
  /// The pipeline of a probe, a kernel of `shaders/probes`; all have two bindings: what is read and what is written.
  ///
  /// - Parameter constants: specialization constants by their name in GLSL.
  /// - Throws: `GPUError` `.notFound` where the device lacks what the probe requires.
  package nonisolated func probePipeline(
    _ name: String, workgroupSize: Int, constants: [String: Int] = [:], usesSubgroups: Bool = false
  ) throws -> Pipeline {
    guard let variant = pack[variant: name], usableVariants.contains(name) else {
      throw GPUError(.notFound, "\(deviceName) cannot run the probe \(name)")
    }
    return try makePipeline(
      variant, workgroupSize: workgroupSize, constants: constants, usesSubgroups: usesSubgroups, label: name)
  }

  /// Compiles a variant with its constants by name.
  nonisolated func makePipeline(
    _ variant: KernelVariant, workgroupSize: Int, constants: [String: Int], usesSubgroups: Bool, label: String
  ) throws -> Pipeline {
    return try device.makePipeline(
      PipelineDescription(
        label: label, spirv: variant.words, bindingCount: variant.reflection.bindings.count,
        pushConstantByteCount: variant.reflection.pushConstantByteCount,
        specialization: specialization(of: variant, workgroupSize: workgroupSize, constants: constants),
        subgroupSize: usesSubgroups ? profile.subgroupSize : nil))
  }

  /// Constant id to value; id 0 is the workgroup size.
  nonisolated func specialization(
    of variant: KernelVariant, workgroupSize: Int, constants: [String: Int]
  ) -> [UInt32: UInt32] {
    var specialization: [UInt32: UInt32] = [0: UInt32(workgroupSize)]
    for constant in variant.reflection.specializationConstants where constant.id != 0 {
      if let value = constants[constant.name] { specialization[UInt32(constant.id)] = UInt32(value) }
    }
    return specialization
  }
}
