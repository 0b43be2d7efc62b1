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
    return try device.makePipeline(
      PipelineDescription(
        variant, workgroupSize: workgroupSize, constants: constants,
        subgroupSize: usesSubgroups ? profile.subgroupSize : nil, label: name))
  }
}
