/// Products of matrices whose sides are any multiples of those of `shape`, as VK_NV_cooperative_matrix2 offers them.
package struct FlexibleMatrixGranule: Codable, Hashable, Sendable {
  /// Who computes a product together; numbered as Vulkan does.
  package enum Scope: Int, Codable, Hashable, Sendable { case workgroup = 2, subgroup = 3 }

  package var shape: CooperativeMatrixShape
  package var scope: Scope
  /// The invocations that a workgroup must have; 0 where a subgroup computes.
  package var workgroupInvocations: Int

  package init(shape: CooperativeMatrixShape, scope: Scope, workgroupInvocations: Int) {
    self.shape = shape
    self.scope = scope
    self.workgroupInvocations = workgroupInvocations
  }
}
