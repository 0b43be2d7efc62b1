import Foundation
package import GPU
public import Ops
package import ShaderCompiler
import Tensors

/// Runs programs on a Vulkan device: plans once, records once per step size, replays.
public actor VulkanBackend: Backend {
  package nonisolated let device: Device
  package nonisolated let pack: KernelPack
  package nonisolated let profile: DeviceProfile
  /// Why this device was chosen.
  public nonisolated let selectionReason: String
  private nonisolated let queue: QueueThread
  private var pipelines: [PipelineKey: Pipeline] = [:]

  public nonisolated var unownedExecutor: UnownedSerialExecutor { queue.asUnownedSerialExecutor() }
  public nonisolated var deviceName: String { device.physical.name }

  /// Opens the device that `request` names; see `DeviceSelection`.
  ///
  /// - Parameters:
  ///   - pack: other kernels than those that were built in.
  ///   - weightChunkByteCount: bytes of a weight that one binding shows, where that is to be less than the device allows.
  /// - Throws: `GPUError` where there is none, `KernelPackError` where the program was built wrongly.
  package init(
    request: String?, instance: Instance, options: DeviceOptions = DeviceOptions(), pack: KernelPack? = nil,
    weightChunkByteCount: Int? = nil
  ) throws {
    let (physical, reason) = try DeviceSelection.choose(from: try instance.physicalDevices(), request: request)
    self.pack = try pack ?? KernelPack.embedded()
    var options = options
    // A CPU driver does not hang, it is slow.
    if physical.kind == .cpu { options.deadlineNanoseconds = max(options.deadlineNanoseconds, 600_000_000_000) }
    device = try Device(physical, instance: instance, options: options)
    var profile = DeviceProfile(physical)
    if let weightChunkByteCount { profile.weightChunkByteCount = min(weightChunkByteCount, profile.bindingByteCount) }
    self.profile = profile
    selectionReason = reason
    queue = QueueThread(name: "kalsae.gpu")
  }

  public func prepare(
    _ program: Program, weights: Weights, limits: ExecutionLimits
  ) throws -> any PreparedProgram {
    try prepare(program, weights: weights, limits: limits, forced: nil)
  }

  /// Prepares a program with one kernel and tuning forced on the operation that it serves.
  package func prepare(
    _ program: Program, weights: Weights, limits: ExecutionLimits, forced: (kernel: any Kernel, tuning: Tuning)?
  ) throws -> VulkanProgram {
    var sources: [TensorID: Weight] = [:]
    for (index, tensor) in program.tensors.enumerated() where tensor.weightNames != nil {
      sources[TensorID(index)] = try weights.weight(for: tensor)
    }
    let planner = Planner(
      program: program, limits: limits, profile: profile, weightSegments: sources.mapValues(\.segments),
      availableVariants: usableVariants, forced: forced)
    _ = try planner.launches(tokenCount: limits.tokenCount)
    try planner.checkBindings(deviceName: deviceName)
    let layout = StepLayout(limits)
    let plan = MemoryPlan(planner, layout: layout)
    try plan.check(available: device.budget().availableByteCount, deviceName: deviceName)
    let tensors = try DeviceTensors(planner, sources: sources, layout: layout, device: device)
    return VulkanProgram(self, planner: planner, layout: layout, memory: plan.uses, tensors: tensors)
  }

  /// Variants whose requirements this device fulfils.
  package nonisolated var usableVariants: Set<String> {
    Set(pack.variants.filter { Set($0.manifest.requirements).isSubset(of: profile.capabilities) }.map(\.name))
  }

  /// The pipeline of a launch, made at its first use.
  func pipeline(for launch: Launch) throws -> Pipeline {
    let key = PipelineKey(launch)
    if let pipeline = pipelines[key] { return pipeline }
    guard let variant = pack[variant: launch.variant] else {
      throw ProgramError("the kernel pack has no variant \(launch.variant)")
    }
    guard variant.reflection.pushConstantByteCount == launch.pushConstants.count,
      variant.reflection.bindings.count == launch.bindings.count + 1
    else {
      throw ProgramError("kernel \(launch.variant) and its shader disagree about bindings or push constants")
    }
    var specialization: [UInt32: UInt32] = [0: UInt32(launch.workgroupSize)]
    for constant in variant.reflection.specializationConstants where constant.id != 0 {
      guard let value = launch.constants[constant.name] else { continue }
      specialization[UInt32(constant.id)] = UInt32(value)
    }
    let pipeline = try device.makePipeline(
      PipelineDescription(
        label: key.label, spirv: variant.words, bindingCount: variant.reflection.bindings.count,
        pushConstantByteCount: launch.pushConstants.count, specialization: specialization,
        subgroupSize: launch.usesSubgroups ? profile.subgroupSize : nil))
    pipelines[key] = pipeline
    return pipeline
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
struct PipelineKey: Hashable {
  let variant: String
  let workgroupSize: Int
  let constants: [String: Int]

  init(_ launch: Launch) {
    variant = launch.variant
    workgroupSize = launch.workgroupSize
    constants = launch.constants
  }

  var label: String { "\(variant) \(Tuning(constants)) × \(workgroupSize)" }
}

extension DeviceProfile {
  init(_ physical: PhysicalDevice) {
    let features = physical.features
    var capabilities: Set<String> = []
    if features.subgroupArithmetic { capabilities.insert("subgroup_arithmetic") }
    if features.subgroupBallot { capabilities.insert("subgroup_ballot") }
    if features.subgroupShuffle { capabilities.insert("subgroup_shuffle") }
    self.init(
      subgroupSize: Self.subgroupSize(usual: physical.subgroupSize, range: physical.subgroupSizeRange),
      isCPU: physical.kind == .cpu,
      bindingByteCount: physical.maximumStorageBufferRange, bindingAlignment: physical.storageBufferAlignment,
      workgroupSize: physical.maximumWorkgroupInvocations, capabilities: capabilities)
  }
}
