import CAllocationCount
import GPU
public import Ops
import Tensors

/// A program on a Vulkan device: weights uploaded, memory planned, one recording per step size.
public actor VulkanProgram: PreparedProgram, PlanReporting {
  public nonisolated let program: Program
  public nonisolated let limits: ExecutionLimits
  public nonisolated let memory: [MemoryUse]
  nonisolated let backend: VulkanBackend
  nonisolated let planner: Planner
  let layout: StepLayout
  let tensors: DeviceTensors
  /// Whether a recording serves again; else each step is recorded anew.
  private let reusesPlans: Bool
  private var plans: [PlanKey: Plan] = [:]
  /// How products are rounded in steps of prompts; all other steps have float32 products.
  public nonisolated let promptNumerics: Numerics
  public nonisolated func promptNumerics(ofStep index: Int) -> Numerics { planner.promptNumerics(ofStep: index) }
  public nonisolated var assuredOperationsPerSecond: Double? { planner.profile.isCPU ? 1e10 : 2e10 }
  private var allocationsPerDecodeStep: Double?
  /// What the last step chose: written in place where nobody holds its outputs any more.
  private var sampledIDs: [Int32] = []

  public nonisolated var unownedExecutor: UnownedSerialExecutor { backend.unownedExecutor }

  init(
    _ backend: VulkanBackend, planner: Planner, layout: StepLayout, memory: [MemoryUse], tensors: DeviceTensors,
    reusesPlans: Bool = true
  ) {
    self.reusesPlans = reusesPlans
    self.backend = backend
    self.planner = planner
    self.layout = layout
    self.memory = memory
    self.tensors = tensors
    program = planner.program
    limits = planner.limits
    promptNumerics = planner.promptNumerics
    sampledIDs.reserveCapacity(StepLayout.ringLength * planner.limits.outputCount)
  }

  /// The same tensors on the device, every step launched by itself.
  ///
  /// - Parameter reusesPlans: whether recordings serve again.
  package nonisolated func unfused(reusesPlans: Bool = true) -> VulkanProgram {
    var planner = planner
    planner.fusesSteps = false
    return VulkanProgram(
      backend, planner: planner, layout: layout, memory: memory, tensors: tensors, reusesPlans: reusesPlans)
  }

  /// The same tensors on the device, another kernel and tuning for the operation that it serves.
  package func with(_ forced: (kernel: any Kernel, tuning: Tuning)) -> VulkanProgram {
    var planner = planner
    planner.forced = forced
    return VulkanProgram(backend, planner: planner, layout: layout, memory: memory, tensors: tensors)
  }

  public func run(
    _ inputs: StepInputs, values: [TensorID: [Float]], reading: [TensorID]
  ) async throws -> StepOutputs {
    try inputs.check(against: limits, program: program)
    guard inputs.repeatCount <= StepLayout.ringLength else {
      throw ProgramError("\(inputs.repeatCount) chained steps; at most \(StepLayout.ringLength)")
    }
    let plan = try await plan(for: inputs)
    let device = backend.device
    let allocationsBefore = kalsae_allocation_count()
    for (id, given) in values { try write(given, to: id) }
    try writeStep(inputs)
    let start = ContinuousClock.now
    try plan.run(repeatCount: reusesPlans ? inputs.repeatCount : 1)
    for _ in 1..<(reusesPlans ? 1 : inputs.repeatCount) { try await runAnew(inputs) }
    let seconds = start.secondsUntilNow
    sampledIDs.removeAll(keepingCapacity: true)
    if program.logits != nil {
      let byteCount = layout.ringByteCount(stepCount: inputs.repeatCount)
      try device.read(tensors.step.slice(offset: layout.ringByteOffset, byteCount: byteCount)) { _, ring in
        layout.readSampled(inputs, ring: ring, into: &sampledIDs)
      }
    }
    var logProbabilities: [[TokenLogProbabilities?]] = []
    if inputs.asksForLogProbabilities {
      let ring = try device.read(
        tensors.step.slice(
          offset: layout.logRingByteOffset, byteCount: layout.logRingByteCount(stepCount: inputs.repeatCount)))
      logProbabilities = layout.logProbabilities(inputs, ring: ring)
    }
    if plan.tokenCapacity == 1 {
      allocationsPerDecodeStep = Double(kalsae_allocation_count() - allocationsBefore) / Double(inputs.repeatCount)
    }
    var results: [TensorID: [Float]] = [:]
    for id in reading { results[id] = try read(id, size: inputs.size) }
    return StepOutputs(
      sampled: SampledTokens(sampledIDs, outputCount: inputs.outputRows.count), logProbabilities: logProbabilities,
      tensors: results, seconds: seconds)
  }

  private func runAnew(_ inputs: StepInputs) async throws {
    let plan = try await plan(for: inputs)
    try plan.run(repeatCount: 1)
  }

  public var planStatistics: PlanStatistics {
    get async {
      let layers = Double(max(1, program.tensors.count { $0.isKeyValueCache }))
      let decode = [false, true].lazy.compactMap {
        self.plans[PlanKey(tokenCapacity: 1, isPrompt: false, givesLogProbabilities: $0)]
      }.first
      return PlanStatistics(
        dispatchesPerLayer: Double(decode?.dispatchCount ?? 0) / layers,
        barriersPerLayer: Double(decode?.barrierCount ?? 0) / layers,
        hostAllocationsPerDecodeStep: allocationsPerDecodeStep, pipelines: await backend.pipelineStatistics)
    }
  }

  /// The recording that a step takes, made at its first use.
  private func plan(for inputs: StepInputs) async throws -> Plan {
    let key = key(for: inputs)
    if reusesPlans, let plan = plans[key] { return plan }
    let executable = try await record(launches(for: inputs), tokenCount: key.tokenCapacity) { _ in }
    let plan = Plan(tokenCapacity: key.tokenCapacity, executable: executable)
    plans[key] = plan
    return plan
  }

  private nonisolated func key(for inputs: StepInputs) -> PlanKey {
    PlanKey(
      tokenCapacity: planner.bucket(for: inputs.tokens.count, isPrompt: inputs.isPrompt),
      isPrompt: inputs.isPrompt && promptNumerics != .float32, givesLogProbabilities: inputs.asksForLogProbabilities)
  }

  /// The dispatches of a step, those for rows that it does not have included.
  nonisolated func launches(for inputs: StepInputs) throws -> [(step: PlannedStep, launch: Launch)] {
    let key = key(for: inputs)
    var planner = planner
    planner.givesLogProbabilities = key.givesLogProbabilities
    return try planner.launches(tokenCount: key.tokenCapacity, isPrompt: key.isPrompt)
  }

  /// Every dispatch of a step.
  ///
  /// - Parameter before: records what is to come before each repetition.
  private func record(
    _ launches: [(step: PlannedStep, launch: Launch)], tokenCount: Int, timestampSpacing: Int? = nil,
    repetitions: Int = 1, before: (inout Recording) throws(GPUError) -> Void
  ) async throws -> Executable {
    let pipelines = try await backend.pipelines(for: launches.map(\.launch))
    var recording = try backend.device.makeRecording(
      label: "\(tokenCount) tokens", timestampSpacing: timestampSpacing)
    for _ in 0..<repetitions {
      try before(&recording)
      for ((step, launch), pipeline) in zip(launches, pipelines) {
        var slices = [tensors.step]
        for binding in launch.bindings { slices.append(try tensors.slice(for: binding, of: step)) }
        try recording.dispatch(
          pipeline, bindings: zip(slices, backend.accesses(of: launch)).map { Binding($0, $1) },
          pushConstants: launch.pushConstants, groups: (launch.groups.x, launch.groups.y, 1),
          label: "\(program[step.output].name): \(launch.variant)")
      }
    }
    return try recording.finish()
  }

  /// How long each dispatch of a step takes on the device, the wait for the barrier before it included.
  ///
  /// - Parameters:
  ///   - repetitions: runs in a row, in one submission.
  ///   - flush: empties the caches before each run.
  /// - Throws: `GPUError` where the device has no timestamps.
  package func timings(
    _ inputs: StepInputs, values: [TensorID: [Float]] = [:], repetitions: Int = 1, flush: CacheFlush? = nil
  ) async throws -> StepTimings {
    try load(inputs, values: values)
    let capacity = key(for: inputs).tokenCapacity
    let launches = try launches(for: inputs)
    let recorded = try await record(launches, tokenCount: capacity, timestampSpacing: 1, repetitions: repetitions) {
      recording throws(GPUError) in try flush?.record(into: &recording)
    }
    let start = ContinuousClock.now
    let executable = try recorded.submit().wait()
    let seconds = start.secondsUntilNow
    let marks = try executable.timings().map(\.nanoseconds)
    // A flush is a dispatch of its own.
    let flushes = flush == nil ? 0 : 1
    return StepTimings(
      dispatches: launches.indices.map { index in
        DispatchTimings(
          step: launches[index].step, launch: launches[index].launch,
          nanoseconds: (0..<repetitions).map { marks[$0 * (launches.count + flushes) + flushes + index] })
      }, wallSeconds: seconds)
  }

  /// How long a whole step takes on the device, in nanoseconds: `sampleCount` means of `runCount` runs in a row, so that
  /// timestamps, for which some drivers wait until the device is idle, hardly count.
  ///
  /// - Throws: `GPUError` where the device has no timestamps.
  package func means(_ inputs: StepInputs, sampleCount: Int, runCount: Int) async throws -> [Double] {
    try load(inputs, values: [:])
    let capacity = key(for: inputs).tokenCapacity
    let launches = try launches(for: inputs)
    let recorded = try await record(
      launches, tokenCount: capacity, timestampSpacing: launches.count * runCount, repetitions: sampleCount * runCount
    ) { _ in }
    return try recorded.submit().wait().timings().map { $0.nanoseconds / Double(runCount) }
  }

  /// Writes all that a step reads.
  func load(_ inputs: StepInputs, values: [TensorID: [Float]]) throws {
    try inputs.check(against: limits, program: program)
    for (id, given) in values { try write(given, to: id) }
    try writeStep(inputs)
  }

  private func writeStep(_ inputs: StepInputs) throws(GPUError) {
    // One piece: the step buffer is far smaller than a piece of `write`.
    try backend.device.write(tensors.step.slice(offset: 0, byteCount: layout.ringByteOffset)) { _, span in
      layout.write(inputs, into: &span)
    }
    for (byteOffset, words) in layout.tables(inputs) {
      try backend.device.write(tensors.step.slice(offset: byteOffset, byteCount: 4 * words.count)) { piece, span in
        for offset in stride(from: 0, to: piece.count, by: 4) {
          span.storeBytes(of: words[(piece.lowerBound + offset) / 4], toByteOffset: offset, as: UInt32.self)
        }
      }
    }
  }

  private func write(_ given: [Float], to id: TensorID) throws {
    if let cache = tensors.caches[id] {
      let half = given.count / 2
      for (slice, part) in [(cache.keys, given[..<half]), (cache.values, given[half...])] {
        let bytes = cache.layout.bytes(of: Array(part))
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
      let halves = [try backend.device.read(cache.keys), try backend.device.read(cache.values)]
      return halves.flatMap { cache.layout.values(of: $0) }
    }
    guard program.results.contains(id), let slice = tensors.matrices[id] else {
      throw ProgramError("\(program[id].name) is no result of the program")
    }
    let rows = size.rows(program[id].rows)
    let byteCount = 4 * rows * activationRowStride(columns: program[id].columns)
    let bytes = try backend.device.read(slice.slice(offset: 0, byteCount: byteCount))
    return ActivationRows(columns: program[id].columns).values(bytes, rows: rows)
  }
}

/// What makes two steps share a recording.
private struct PlanKey: Hashable {
  let tokenCapacity: Int
  let isPrompt: Bool
  let givesLogProbabilities: Bool
}
