import GPU
import VulkanBackend

/// The probes of one device, bound to buffers that its caches do not hold.
struct ProbeSuite {
  private let backend: VulkanBackend
  private let source: BufferSlice
  private let target: BufferSlice

  /// What each buffer may take of the memory that is left, and at most: more than any device's caches.
  private static let availableShare = 16
  private static let mostBytes = 512 << 20
  private static let unitBytes = 1 << 20
  private static let vectorBytes = 16
  /// Workgroups that fill the largest device several times over.
  private static let groupCount = 4096

  /// - Throws: `GPUError` where memory does not suffice.
  init(_ backend: VulkanBackend) throws(GPUError) {
    self.backend = backend
    let device = backend.device
    let most = min(
      Self.mostBytes, device.budget().availableByteCount / Self.availableShare, backend.profile.bindingByteCount,
      device.physical.maximumAllocationByteCount / 2)
    let byteCount = max(1, most / Self.unitBytes) * Self.unitBytes
    source = try device.allocate(byteCount: byteCount, memory: .device, label: "probe source").slice
    target = try device.allocate(byteCount: byteCount, memory: .device, label: "probe target").slice
    // Memory that nobody wrote may not exist yet.
    try device.fill(source, word: 0)
    try device.fill(target, word: 0)
  }

  /// Of each buffer.
  var byteCount: Int { source.byteCount }

  func read(_ geometry: ReadGeometry) throws -> ProbeDispatch {
    ProbeDispatch(
      pipeline: try backend.probePipeline(
        "probe_read", workgroupSize: geometry.workgroupSize,
        constants: ["LOADS": geometry.loads, "PATTERN": geometry.pattern.rawValue]),
      bindings: bindings, groupCount: geometry.groupCount,
      growth: ProbeGrowth(whole: source.byteCount / Self.vectorBytes), unitsPerItem: Double(Self.vectorBytes))
  }

  /// Bytes read and bytes written both count.
  func copy() throws -> ProbeDispatch {
    ProbeDispatch(
      pipeline: try backend.probePipeline("probe_copy", workgroupSize: workgroupSize), bindings: bindings,
      groupCount: Self.groupCount, growth: ProbeGrowth(whole: source.byteCount / Self.vectorBytes),
      unitsPerItem: 2 * Double(Self.vectorBytes))
  }

  /// A probe of `operations` per lane and round; nil where the device cannot run it.
  func arithmetic(_ name: String, operations: Int) throws -> ProbeDispatch? {
    guard backend.usableVariants.contains(name) else { return nil }
    return ProbeDispatch(
      pipeline: try backend.probePipeline(name, workgroupSize: workgroupSize), bindings: bindings,
      groupCount: Self.groupCount, growth: ProbeGrowth(whole: 1),
      unitsPerItem: Double(operations * workgroupSize * Self.groupCount))
  }

  /// Products of matrices of the shape that kernels use; nil where the device has none.
  func cooperativeMatrix() throws -> ProbeDispatch? {
    let (name, profile) = ("probe_coopmat", backend.profile)
    guard backend.usableVariants.contains(name), let shape = profile.float16MatrixShape else { return nil }
    let (subgroupsPerGroup, chains) = (4, 4)
    let pipeline = try backend.probePipeline(
      name, workgroupSize: subgroupsPerGroup * profile.subgroupSize,
      constants: ["M": shape.m, "N": shape.n, "K": shape.k], usesSubgroups: true)
    let operations = subgroupsPerGroup * chains * 2 * shape.m * shape.n * shape.k
    return ProbeDispatch(
      pipeline: pipeline, bindings: bindings, groupCount: Self.groupCount, growth: ProbeGrowth(whole: 1),
      unitsPerItem: Double(operations * Self.groupCount))
  }

  /// Nothing to do, on one workgroup.
  func empty() throws -> Pipeline { try backend.probePipeline("probe_empty", workgroupSize: workgroupSize) }

  /// Of the `index`th dispatch of several that touch nothing in common.
  func separateBindings(_ index: Int) -> [Binding] {
    let byteCount = max(256, backend.profile.bindingAlignment)
    return [Binding(source, .read), Binding(target.slice(offset: index * byteCount, byteCount: byteCount), .write)]
  }

  private var bindings: [Binding] { [Binding(source, .read), Binding(target, .write)] }

  /// A CPU driver computes subgroup by subgroup, whatever the workgroup's size is.
  private var workgroupSize: Int {
    backend.profile.isCPU ? backend.profile.subgroupSize : min(256, backend.profile.workgroupSize)
  }
}
