/// A compute shader with everything that is fixed when it is compiled.
package struct PipelineDescription: Hashable, Sendable {
  package var label: String
  /// SPIR-V with the entry point "main".
  package var spirv: [UInt32]
  /// Storage buffers at bindings 0 ..< bindingCount of set 0.
  package var bindingCount: Int
  package var pushConstantByteCount: Int
  /// Constant id to the bits of its value.
  package var specialization: [UInt32: UInt32]
  /// Demands this subgroup size and full subgroups; nil leaves both to the driver.
  package var subgroupSize: Int?

  package init(
    label: String, spirv: [UInt32], bindingCount: Int, pushConstantByteCount: Int = 0,
    specialization: [UInt32: UInt32] = [:], subgroupSize: Int? = nil
  ) {
    self.label = label
    self.spirv = spirv
    self.bindingCount = bindingCount
    self.pushConstantByteCount = pushConstantByteCount
    self.specialization = specialization
    self.subgroupSize = subgroupSize
  }
}
