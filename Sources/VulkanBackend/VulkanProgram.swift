import CAllocationCount
import GPU
public import Ops
import Tensors

/// A program on a Vulkan device: weights uploaded, memory planned, one recording per step size.
public actor VulkanProgram: PreparedProgram, PlanReporting {
  public nonisolated let program: Program
  public nonisolated let limits: ExecutionLimits
  public nonisolated let memory: [MemoryUse]
  private nonisolated let backend: VulkanBackend
  private let planner: Planner
  private let layout: StepLayout
  private let tensors: DeviceTensors
  private var plans: [Int: Plan] = [:]
  private var allocationsPerDecodeStep: Int?

  public nonisolated var unownedExecutor: UnownedSerialExecutor { backend.unownedExecutor }

  init(_ backend: VulkanBackend, planner: Planner, layout: StepLayout, memory: [MemoryUse], tensors: DeviceTensors) {
    self.backend = backend
    self.planner = planner
    self.layout = layout
    self.memory = memory
    self.tensors = tensors
    program = planner.program
    limits = planner.limits
  }

  public func run(
    _ inputs: StepInputs, values: [TensorID: [Float]], reading: [TensorID]
  ) async throws -> StepOutputs {
    try inputs.check(against: limits, program: program)
    guard inputs.repeatCount <= StepLayout.ringLength else {
      throw ProgramError("\(inputs.repeatCount) chained steps; at most \(StepLayout.ringLength)")
    }
    let plan = try await plan(tokenCount: inputs.tokens.count)
    let device = backend.device
    let allocationsBefore = kalsae_allocation_count()
    for (id, given) in values { try write(given, to: id) }
    // One piece: the step buffer is far smaller than a piece of `write`.
    try device.write(tensors.step.slice(offset: 0, byteCount: layout.ringByteOffset)) { _, span in
      layout.write(inputs, into: &span)
    }
    let start = ContinuousClock.now
    try plan.run(repeatCount: inputs.repeatCount)
    let elapsed = start.duration(to: .now)
    let ringByteCount = layout.byteCount - layout.ringByteOffset
    var sampled: [[Int32]] = []
    if program.logits != nil {
      let ring = try device.read(tensors.step.slice(offset: layout.ringByteOffset, byteCount: ringByteCount))
      sampled = layout.sampled(inputs, ring: ring)
    }
    if plan.tokenCapacity == 1 {
      allocationsPerDecodeStep = Int(kalsae_allocation_count() - allocationsBefore) / inputs.repeatCount
    }
    var results: [TensorID: [Float]] = [:]
    for id in reading { results[id] = try read(id, size: inputs.size) }
    return StepOutputs(
      sampled: sampled, tensors: results,
      seconds: Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18)
  }

  public var planStatistics: PlanStatistics {
    get async {
      let layers = Double(max(1, program.tensors.count { $0.isKeyValueCache }))
      let decode = plans[1]
      return PlanStatistics(
        dispatchesPerLayer: Double(decode?.dispatchCount ?? 0) / layers,
        barriersPerLayer: Double(decode?.barrierCount ?? 0) / layers,
        hostAllocationsPerDecodeStep: allocationsPerDecodeStep, pipelines: await backend.pipelineStatistics)
    }
  }

  /// The recording for steps of up to `tokenCount` tokens, made at its first use.
  private func plan(tokenCount: Int) async throws -> Plan {
    let capacity = Planner.buckets(tokenCount: limits.tokenCount).first { $0 >= tokenCount } ?? limits.tokenCount
    if let plan = plans[capacity] { return plan }
    let launches = try planner.launches(tokenCount: capacity)
    var pipelines: [Pipeline] = []
    for (_, launch) in launches { pipelines.append(try await backend.pipeline(for: launch)) }
    var recording = try backend.device.makeRecording(label: "\(capacity) tokens")
    for ((index, launch), pipeline) in zip(launches, pipelines) {
      let step = program.steps[index]
      let accesses = backend.accesses(of: launch)
      var slices = [tensors.step]
      for binding in launch.bindings { slices.append(try tensors.slice(for: binding, of: step)) }
      try recording.dispatch(
        pipeline, bindings: zip(slices, accesses).map { Binding($0, $1) },
        pushConstants: launch.pushConstants, groups: (launch.groups.x, launch.groups.y, 1),
        label: "\(program[step.outputs[0]].name): \(launch.variant)")
    }
    let plan = Plan(tokenCapacity: capacity, executable: try recording.finish())
    plans[capacity] = plan
    return plan
  }

  private func write(_ given: [Float], to id: TensorID) throws {
    if let cache = tensors.caches[id] {
      let half = given.count / 2
      for (slice, part) in [(cache.keys, given[..<half]), (cache.values, given[half...])] {
        let bytes = cacheBytes(Array(part))
        guard bytes.count == slice.byteCount else {
          throw ProgramError("\(given.count) values do not fill \(program[id].name)")
        }
        try backend.device.write(slice, bytes: bytes)
      }
      return
    }
    guard let slice = tensors.matrices[id] else { throw ProgramError("\(program[id].name) takes no values") }
    let bytes = ActivationRows(columns: program[id].columns).bytes(given)
    guard bytes.count <= slice.byteCount else {
      throw ProgramError("\(given.count) values do not fit \(program[id].name)")
    }
    try backend.device.write(slice.slice(offset: 0, byteCount: bytes.count), bytes: bytes)
  }

  private func read(_ id: TensorID, size: StepSize) throws -> [Float] {
    if let cache = tensors.caches[id] {
      return try cacheValues(backend.device.read(cache.keys)) + cacheValues(backend.device.read(cache.values))
    }
    guard program.results.contains(id), let slice = tensors.matrices[id] else {
      throw ProgramError("\(program[id].name) is no result of the program")
    }
    let rows = size.rows(program[id].rows)
    let byteCount = 4 * rows * activationRowStride(columns: program[id].columns)
    let bytes = try backend.device.read(slice.slice(offset: 0, byteCount: byteCount))
    return ActivationRows(columns: program[id].columns).values(bytes, rows: rows)
  }

  private func cacheBytes(_ values: [Float]) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: limits.keyValueFormat.byteCount(elementCount: values.count) ?? 0)
    var span = bytes.mutableSpan
    var raw = span.mutableBytes
    limits.keyValueFormat.encode(values.span, into: &raw)
    return bytes
  }

  private func cacheValues(_ bytes: [UInt8]) -> [Float] {
    var values = [Float](repeating: 0, count: bytes.count / limits.keyValueFormat.blockByteCount)
    var span = values.mutableSpan
    limits.keyValueFormat.decode(bytes.span.bytes, into: &span)
    return values
  }
}
