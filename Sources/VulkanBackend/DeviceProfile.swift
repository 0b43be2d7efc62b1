package import GPU
package import Ops

/// What kernel policy needs to know of a device; a plain value, so that policy is tested without a GPU.
package struct DeviceProfile: Hashable, Sendable {
  /// Lanes per subgroup that pipelines are created with.
  package var subgroupSize: Int
  /// Whether shaders run on the host's cores: no barriers, no shared memory, few large dispatches.
  package var isCPU: Bool
  /// Bytes that one binding can see.
  package var bindingByteCount: Int
  /// Bytes of a weight that one binding shows; larger weights are cut by rows.
  package var weightChunkByteCount: Int
  /// Rows of a matrix that lie side by side in its planes, 16 bytes of each in turn; 1 where rows follow one another.
  package var planeRows: Int
  /// Offsets of bindings are multiples of this.
  package var bindingAlignment: Int
  /// Invocations per workgroup at most.
  package var workgroupSize: Int
  /// Bytes of shared memory that a workgroup may use; at least Vulkan's minimum.
  package var sharedMemoryByteCount = 16384
  /// Products of small matrices that a subgroup computes at once; empty where there are none.
  package var matrixShapes: [CooperativeMatrixShape] = []
  /// Products of matrices of flexible size; empty where there are none.
  package var matrixGranules: [FlexibleMatrixGranule] = []
  /// Rows and columns that a matrix of flexible size has at most.
  package var matrixDimension = 0
  /// Words of `//! requires:` lines that the device fulfils.
  package var capabilities: Set<String>

  /// The subgroup size to compile for: the usual one, but no more than a page of the cache has positions.
  package static func subgroupSize(usual: Int, range: ClosedRange<Int>) -> Int {
    var size = usual
    while size > ExecutionLimits.pageLength, size / 2 >= range.lowerBound { size /= 2 }
    return size
  }

  package init(
    subgroupSize: Int, isCPU: Bool, bindingByteCount: Int, bindingAlignment: Int, workgroupSize: Int,
    capabilities: Set<String>
  ) {
    self.subgroupSize = subgroupSize
    self.isCPU = isCPU
    self.bindingByteCount = bindingByteCount
    weightChunkByteCount = bindingByteCount
    planeRows = isCPU ? subgroupSize : 1
    self.bindingAlignment = bindingAlignment
    self.workgroupSize = workgroupSize
    self.capabilities = capabilities
  }

  /// Takes the kernels for CPU drivers or for GPUs, whatever the device is.
  package mutating func plan(forCPU isCPU: Bool) {
    self.isCPU = isCPU
    planeRows = isCPU ? subgroupSize : 1
  }

  /// `planeRows` of a weight; a vector is read as it is.
  package func planeRows(of weight: ProgramTensor) -> Int { weight.rows == .fixed(1) ? 1 : planeRows }

  /// The largest product of float16 matrices that is summed in float32, the first of several; nil where there is none.
  package var float16MatrixShape: CooperativeMatrixShape? {
    let fitting = matrixShapes.filter {
      $0.a == .float16 && $0.b == .float16 && $0.c == .float32 && $0.result == .float32
    }
    let largest = fitting.map { $0.m * $0.n * $0.k }.max()
    return fitting.first { $0.m * $0.n * $0.k == largest }
  }

  /// Products of float16 matrices of flexible size that are summed in float32: by workgroups, or where there are none of
  /// these, by subgroups.
  package var float16MatrixGranules: [FlexibleMatrixGranule] {
    let fitting = matrixGranules.filter {
      $0.shape.a == .float16 && $0.shape.b == .float16 && $0.shape.c == .float32 && $0.shape.result == .float32
    }
    let ofWorkgroups = fitting.filter { $0.scope == .workgroup && $0.workgroupInvocations <= workgroupSize }
    return ofWorkgroups.isEmpty ? fitting.filter { $0.scope == .subgroup } : ofWorkgroups
  }
}
