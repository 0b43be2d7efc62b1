import Dispatch
import Foundation
package import GPU
public import Ops
package import ShaderCompiler
import Synchronization
import Tensors

/// Runs programs on a Vulkan device: plans once, records once per step size, replays.
public actor VulkanBackend: Backend {
  package nonisolated let device: Device
  package nonisolated let pack: KernelPack
  package nonisolated let profile: DeviceProfile
  /// Why this device was chosen.
  public nonisolated let selectionReason: String
  /// What plans are made with; nil takes the kernels' defaults.
  package nonisolated let tunings: TuningTable?
  /// Whether products of prompts may be rounded to float16 where matrix units then compute them.
  package nonisolated let roundsPrompts: Bool
  /// Variants that this device can run, but for those of kernels that are left out.
  package nonisolated let usableVariants: Set<String>
  private nonisolated let queue: QueueThread
  private var pipelines: [PipelineKey: Pipeline] = [:]

  public nonisolated var unownedExecutor: UnownedSerialExecutor { queue.asUnownedSerialExecutor() }
  public nonisolated var deviceName: String { device.physical.name }
  /// The driver's name and version.
  public nonisolated var driverName: String {
    let physical = device.physical
    return "\(physical.driverName) \(physical.driverInfo.isEmpty ? physical.driverVersion : physical.driverInfo)"
  }

  /// Opens the device that `request` names; see `DeviceSelection`.
  ///
  /// - Parameters:
  ///   - verdicts: what probes said of the devices, by index.
  ///   - pack: other kernels than those that were built in.
  ///   - weightChunkByteCount: bytes of a weight that one binding shows, where that is to be less than the device allows.
  ///   - isCPU: takes the kernels for CPU drivers or for GPUs, whatever the device is.
  ///   - roundsPrompts: whether products of prompts may be rounded to float16 where matrix units then compute them.
  ///   - leftOut: finds the files of kernels that are not to be used on the device that is chosen.
  ///   - tunings: finds what was measured on the device that is chosen.
  /// - Throws: `GPUError` where there is none, `KernelPackError` where the program was built wrongly.
  package init(
    request: String?, verdicts: [Int: ProbeVerdict] = [:], instance: Instance, options: DeviceOptions = DeviceOptions(),
    pack: KernelPack? = nil, weightChunkByteCount: Int? = nil, isCPU: Bool? = nil, roundsPrompts: Bool = true,
    leftOut: (PhysicalDevice) -> Set<String> = { _ in [] },
    tunings: (PhysicalDevice, KernelPack) -> TuningTable? = { _, _ in nil }
  ) throws {
    let (physical, reason) = try DeviceSelection.choose(
      from: try instance.physicalDevices(), request: request, verdicts: verdicts)
    let pack = try pack ?? KernelPack.embedded()
    self.pack = pack
    self.roundsPrompts = roundsPrompts
    self.tunings = tunings(physical, pack)
    var options = options
    // A CPU driver does not hang, it is slow.
    if physical.kind == .cpu { options.deadlineNanoseconds = max(options.deadlineNanoseconds, 600_000_000_000) }
    device = try Device(physical, instance: instance, options: options)
    var profile = DeviceProfile(physical)
    if let isCPU { profile.plan(forCPU: isCPU) }
    if let weightChunkByteCount { profile.weightChunkByteCount = min(weightChunkByteCount, profile.bindingByteCount) }
    self.profile = profile
    usableVariants = pack.usableVariants(on: profile, without: leftOut(physical))
    selectionReason = reason
    queue = QueueThread(name: "kalsae.gpu")
  }

  public func prepare(
    _ program: Program, weights: Weights, limits: ExecutionLimits
  ) throws -> any PreparedProgram {
    try prepare(program, weights: weights, limits: limits, forced: nil, compilesAhead: true)
  }

  /// Prepares a program with one kernel and tuning forced on the operation that it serves.
  ///
  /// - Parameters:
  ///   - weightChunkByteCount: bytes of a weight that one binding shows, where that is to be less than usual.
  ///   - isCPU: takes the kernels for CPU drivers or for GPUs, whatever the device is.
  ///   - variants: other ones than `usableVariants`.
  ///   - compilesAhead: whether GPU drivers compile what the largest prompts and single tokens take while weights are uploaded.
  package func prepare(
    _ program: Program, weights: Weights, limits: ExecutionLimits, forced: (kernel: any Kernel, tuning: Tuning)?,
    weightChunkByteCount: Int? = nil, isCPU: Bool? = nil, variants: Set<String>? = nil, compilesAhead: Bool = false
  ) throws -> VulkanProgram {
    var profile = profile
    if let isCPU { profile.plan(forCPU: isCPU) }
    if let weightChunkByteCount { profile.weightChunkByteCount = weightChunkByteCount }
    var sources: [TensorID: Weight] = [:]
    for (index, tensor) in program.tensors.enumerated() where tensor.weightNames != nil {
      sources[TensorID(index)] = try weights.weight(for: tensor)
    }
    var planner = Planner(
      program: program, limits: limits, profile: profile, weightSegments: sources.mapValues(\.segments),
      availableVariants: variants ?? usableVariants, forced: forced)
    planner.tunings = tunings
    planner.roundsPrompts = roundsPrompts
    for isPrompt in [false, true] { _ = try planner.launches(tokenCount: limits.tokenCount, isPrompt: isPrompt) }
    try planner.checkBindings(deviceName: deviceName)
    let layout = StepLayout(limits, vocabularySize: program.logitCount)
    let plan = MemoryPlan(planner, layout: layout)
    try plan.check(available: device.budget().availableByteCount, deviceName: deviceName)
    let ahead =
      compilesAhead
      ? try planner.launches(tokenCount: limits.tokenCount, isPrompt: true)
        + planner.launches(tokenCount: 1, isPrompt: false)
      : []
    let tensors = try compiling(ahead.map(\.launch)) {
      try DeviceTensors(planner, sources: sources, layout: layout, device: device)
    }
    return VulkanProgram(self, planner: planner, layout: layout, memory: plan.uses, tensors: tensors)
  }

  /// Whether a kernel serves a request with variants that this device can run.
  package nonisolated func canRun(_ kernel: any Kernel, _ tuning: Tuning, for request: LaunchRequest) -> Bool {
    kernel.launches(for: request, tuning: tuning)?.allSatisfy { usableVariants.contains($0.variant) } ?? false
  }

  /// The pipelines of `launches`, made at their first use.
  func pipelines(for launches: [Launch]) throws -> [Pipeline] {
    let missing = launchesWithoutPipeline(launches)
    keep(try CompilationCrew(self).pipelines(for: missing), for: missing)
    return launches.compactMap { pipelines[PipelineKey($0)] }
  }

  /// What `load` gives; GPU drivers compile `launches` meanwhile. What fails to compile does so again at its first use.
  private func compiling<Loaded>(_ launches: [Launch], while load: () throws -> Loaded) rethrows -> Loaded {
    guard device.physical.kind != .cpu else { return try load() }
    let missing = launchesWithoutPipeline(launches)
    let (crew, group) = (CompilationCrew(self), DispatchGroup())
    let made = Mutex<[Pipeline]>([])
    DispatchQueue.global().async(group: group) {
      if let pipelines = try? crew.pipelines(for: missing) { made.withLock { $0 = pipelines } }
    }
    defer {
      group.wait()
      keep(made.withLock { $0 }, for: missing)
    }
    return try load()
  }

  private func launchesWithoutPipeline(_ launches: [Launch]) -> [Launch] {
    var seen: Set<PipelineKey> = []
    return launches.filter { pipelines[PipelineKey($0)] == nil && seen.insert(PipelineKey($0)).inserted }
  }

  private func keep(_ made: [Pipeline], for launches: [Launch]) {
    for (launch, pipeline) in zip(launches, made) { pipelines[PipelineKey(launch)] = pipeline }
  }

  /// How the shader uses each binding of a launch.
  nonisolated func accesses(of launch: Launch) -> [Access] {
    (pack[variant: launch.variant]?.reflection.bindings ?? []).map {
      switch $0.access {
      case .readonly: .read
      case .writeonly: .write
      case .readWrite: .readWrite
      }
    }
  }

  /// Guard bytes that a kernel overwrote, in words; only with `DeviceOptions.guardByteCount`.
  package func guardFindings() throws -> [String] { try device.checkGuards().map(\.description) }

  /// Every pipeline made so far.
  var pipelineStatistics: [PipelineStatistics] {
    pipelines.map {
      PipelineStatistics(name: $0.key.label, compileSeconds: Double($0.value.creationNanoseconds) * 1e-9)
    }
    .sorted { $0.name < $1.name }
  }
}

/// What makes two launches share a pipeline.
package struct PipelineKey: Hashable, Sendable {
  package let variant: String
  package let workgroupSize: Int
  package let constants: [String: Int]

  package init(_ launch: Launch) {
    variant = launch.variant
    workgroupSize = launch.workgroupSize
    constants = launch.constants
  }

  package var label: String { "\(variant) \(Tuning(constants)) × \(workgroupSize)" }
}

extension DeviceProfile {
  package init(_ physical: PhysicalDevice) {
    let features = physical.features
    var capabilities: Set<String> = []
    if features.subgroupArithmetic { capabilities.insert("subgroup_arithmetic") }
    if features.subgroupBallot { capabilities.insert("subgroup_ballot") }
    if features.subgroupShuffle { capabilities.insert("subgroup_shuffle") }
    if features.shaderInt64 { capabilities.insert("int64") }
    if features.shaderFloat16 { capabilities.insert("float16") }
    if features.integerDotProduct { capabilities.insert("integer_dot") }
    self.init(
      subgroupSize: Self.subgroupSize(usual: physical.subgroupSize, range: physical.subgroupSizeRange),
      isCPU: physical.kind == .cpu,
      bindingByteCount: physical.maximumStorageBufferRange, bindingAlignment: physical.storageBufferAlignment,
      workgroupSize: physical.maximumWorkgroupInvocations, capabilities: capabilities)
    sharedMemoryByteCount = physical.sharedMemoryByteCount
    if features.shaderFloat16, features.vulkanMemoryModel { matrixShapes = physical.cooperativeMatrixShapes }
    if float16MatrixShape != nil { self.capabilities.insert("coopmat_f16_f32") }
    if features.shaderFloat16, features.vulkanMemoryModel { matrixGranules = physical.flexibleMatrixGranules }
    matrixDimension = physical.maximumFlexibleMatrixDimension
    if !float16MatrixGranules.isEmpty, features.cooperativeMatrixPerElementOperationsNV,
      features.cooperativeMatrixTensorAddressingNV, features.cooperativeMatrixBlockLoadsNV, features.bufferDeviceAddress
    {
      self.capabilities.insert("coopmat2_f16_f32")
    }
  }
}
