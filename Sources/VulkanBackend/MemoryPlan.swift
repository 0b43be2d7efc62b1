package import GPU
package import Ops
import ShaderCompiler
package import Tensors

/// What a program needs on the device, known before anything is allocated.
package struct MemoryPlan: Hashable, Sendable {
  package let uses: [MemoryUse]

  package init(_ planner: Planner, layout: StepLayout) {
    let program = planner.program
    var weights = 0
    var caches = 0
    var tables = 0
    for (index, tensor) in program.tensors.enumerated() {
      switch tensor.kind {
      case .activation: break
      case .weight:
        for chunk in planner.chunks(of: TensorID(index)) {
          weights +=
            chunk.range.count.rounded(upToMultipleOf: planner.profile.planeRows(of: tensor))
            * chunk.format.planeRowByteCounts(columnCount: tensor.columns).reduce(0, +)
        }
      case .rotaryTable:
        tables += 4 * planner.rowCount(.positions, tokenCount: 0) * activationRowStride(columns: tensor.columns)
      case .keyValueCache: caches += Self.cacheByteCount(tensor, limits: planner.limits)
      }
    }
    uses = [
      MemoryUse(purpose: "weights", byteCount: weights), MemoryUse(purpose: "keys and values", byteCount: caches),
      MemoryUse(purpose: "activations", byteCount: planner.arena().arena.byteCount + planner.scratchByteCount),
      MemoryUse(purpose: "tables and step", byteCount: tables + layout.byteCount),
    ]
  }

  /// What `program` needs on a usual device, without opening one.
  ///
  /// - Throws: `TensorError` where the checkpoint lacks a weight or its shape differs.
  package init(_ program: Program, weights: Weights, limits: ExecutionLimits) throws(TensorError) {
    let segments = try program.segments(of: weights)
    let profile = DeviceProfile(
      subgroupSize: 32, isCPU: false, bindingByteCount: .max, bindingAlignment: 64, workgroupSize: 1024,
      capabilities: ["subgroup_arithmetic", "subgroup_ballot", "subgroup_shuffle"])
    // Kernels decide on scratch; a program without any says so when it opens a device.
    let variants = (try? KernelPack.embedded())?.usableVariants(on: profile) ?? []
    let planner = Planner(
      program: program, limits: limits, profile: profile, weightSegments: segments, availableVariants: variants)
    self.init(planner, layout: StepLayout(limits, vocabularySize: program.logitCount))
  }

  package var byteCount: Int { uses.reduce(0) { $0 + $1.byteCount } }

  /// Bytes of keys and values of one layer.
  static func cacheByteCount(_ tensor: ProgramTensor, limits: ExecutionLimits) -> Int {
    limits.pageCount * ExecutionLimits.pageLength * tensor.cachedByteCount(limits.keyValueFormat)
  }

  /// - Throws: `GPUError` that names every use where the plan exceeds `available` bytes.
  package func check(available: Int, deviceName: String) throws(GPUError) {
    guard byteCount > available else { return }
    let lines = uses.map { "\($0.purpose) \($0.byteCount.mebibytes)" }.joined(separator: ", ")
    throw GPUError(
      .outOfMemory(missingByteCount: byteCount - available),
      "\(deviceName) has \(available.mebibytes) free, the model needs \(byteCount.mebibytes) (\(lines)); "
        + "choose a shorter --context, a smaller --weights format or another --device")
  }
}

extension Int {
  /// For example `12.5 MiB`; small numbers in bytes.
  package var mebibytes: String {
    guard self >= 1 << 20 else { return "\(self) bytes" }
    let tenths = (self * 10 + (1 << 19)) >> 20
    return "\(tenths / 10).\(tenths % 10) MiB"
  }
}
