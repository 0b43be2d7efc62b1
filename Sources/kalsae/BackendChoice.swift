import Foundation
import GPU
import Ops
import ShaderCompiler
import VulkanBackend
import Workbench

/// The backend that a command runs on, and why: the only place where commands meet Vulkan.
struct BackendChoice {
  let backend: any Backend
  /// One sentence on what decided; it begins with the device's name.
  let reason: String
  /// What a person should know about the choice.
  let notes: [String]

  static let variable = "KALSAE_DEVICE"
  /// The request that means the reference instead of a Vulkan device.
  static let reference = "cpu"
  static let driverHint =
    "install the driver of the GPU's maker, or Mesa's with `apt install mesa-vulkan-drivers`, which also runs on the CPU"

  /// Opens what `option`, else the environment, asks for.
  ///
  /// - Parameter roundsPrompts: whether products of prompts may be rounded to float16 where matrix units then compute them.
  /// - Throws: `CommandError` that lists the devices that are there.
  static func open(_ option: String?, roundsPrompts: Bool = true) async throws(CommandError) -> BackendChoice {
    let request = option ?? ProcessInfo.processInfo.environment[variable]
    if request?.lowercased() == reference {
      let backend = ReferenceBackend()
      return BackendChoice(backend: backend, reason: "\(backend.deviceName) was asked for", notes: [])
    }
    let (backend, instance, known) = try await openVulkan(
      request, DeviceOptions(), leavesOutWrongKernels: true, roundsPrompts: roundsPrompts)
    var notes = known.notes(on: backend.device.physical)
    let others = (try? instance.physicalDevices().filter { $0.rejection == nil && $0.kind != .cpu }) ?? []
    if backend.device.physical.kind == .cpu, others.isEmpty, DeviceSelection.isAutomatic(request) {
      notes.append("no GPU found: using the CPU through \(backend.deviceName)")
    }
    return BackendChoice(backend: backend, reason: backend.selectionReason, notes: notes)
  }

  /// Opens a Vulkan device with guard bytes around every buffer and the hazard auditor on.
  static func openForValidation(
    _ option: String?, pack: KernelPack? = nil, layers: LayerList? = nil, kernels: KernelTarget? = nil
  ) async throws(CommandError) -> (backend: VulkanBackend, instance: Instance) {
    let options = DeviceOptions(guardByteCount: guardByteCount, auditsHazards: true)
    return try await openKernels(option, options, pack: pack, layers: layers, kernels: kernels)
  }

  /// Opens a Vulkan device for validation as often as its openings can share the work.
  static func openCrew(
    _ option: String?, pack: KernelPack? = nil, layers: LayerList? = nil, kernels: KernelTarget? = nil
  ) async throws(CommandError) -> (crew: DeviceCrew, instance: Instance) {
    let (first, instance) = try await openForValidation(option, pack: pack, layers: layers, kernels: kernels)
    let cores = ProcessInfo.processInfo.activeProcessorCount
    var backends = [first]
    // Messages of a layer are of an instance, and are put down to what was running.
    let isCPU = first.device.physical.kind == .cpu
    while layers == nil, backends.count < DeviceCrew.size(isCPU: isCPU, coreCount: cores) {
      backends.append(
        try await openForValidation("\(first.device.physical.index)", pack: pack, kernels: kernels).backend)
    }
    return (DeviceCrew(backends), instance)
  }

  /// Opens a Vulkan device for work on kernels.
  ///
  /// - Throws: `CommandError` where the reference is asked for, which has none.
  static func openKernels(
    _ option: String?, _ options: DeviceOptions = DeviceOptions(), pack: KernelPack? = nil, layers: LayerList? = nil,
    kernels: KernelTarget? = nil
  ) async throws(CommandError) -> (backend: VulkanBackend, instance: Instance) {
    let request = try vulkanRequest(option, otherwise: "the reference has no kernels")
    let (backend, instance, _) = try await openVulkan(request, options, pack: pack, layers: layers, kernels: kernels)
    return (backend, instance)
  }

  /// Opens a Vulkan device to compile on and nothing else.
  static func openForCompiling(_ option: String?) throws(CommandError) -> PipelineCompiler {
    let request = try vulkanRequest(option, otherwise: "the reference has no pipelines")
    do {
      let (instance, devices) = try listDevices()
      return try PipelineCompiler(DeviceSelection.choose(from: devices, request: request).device, instance: instance)
    } catch {
      throw CommandError(error, otherwise: .device)
    }
  }

  private static func vulkanRequest(_ option: String?, otherwise reason: String) throws(CommandError) -> String? {
    let request = option ?? ProcessInfo.processInfo.environment[variable]
    guard request?.lowercased() != reference else { throw CommandError(.input, "\(reason): name a Vulkan device") }
    return request
  }

  private static let guardByteCount = 4096

  private static func openVulkan(
    _ request: String?, _ options: DeviceOptions, pack: KernelPack? = nil, layers: LayerList? = nil,
    kernels: KernelTarget? = nil, leavesOutWrongKernels: Bool = false, roundsPrompts: Bool = true
  ) async throws(CommandError) -> (backend: VulkanBackend, instance: Instance, known: ProbedDevices) {
    do {
      let (instance, devices) = try listDevices(layers?.options ?? InstanceOptions())
      let isAsked = leavesOutWrongKernels || DeviceSelection.isAutomatic(request)
      let known =
        try await isAsked ? probed(devices, for: request) : ProbedDevices([], kernels: try KernelPack.embedded())
      let backend = try VulkanBackend(
        request: request, verdicts: known.verdicts, instance: instance, options: options, pack: pack,
        isCPU: kernels.map { $0 == .cpu }, roundsPrompts: roundsPrompts,
        leftOut: { leavesOutWrongKernels ? known.leftOut(on: $0) : [] },
        tunings: { TuningStore.standard?.table(for: $0, pack: $1) })
      return (backend, instance, known)
    } catch {
      throw CommandError(error, otherwise: .device)
    }
  }

  private static func listDevices(
    _ options: InstanceOptions = InstanceOptions()
  ) throws -> (instance: Instance, devices: [PhysicalDevice]) {
    let instance = try Instance(options)
    let devices = try instance.physicalDevices()
    guard devices.isEmpty else { return (instance, devices) }
    throw CommandError(
      .device,
      "there is no Vulkan driver on this machine: \(driverHint); --device cpu runs the slow reference without one")
  }

  /// What is known of the devices; those that must be known for `request` and never were are probed now.
  private static func probed(_ devices: [PhysicalDevice], for request: String?) async throws -> ProbedDevices {
    var probed = ProbedDevices(devices, kernels: try KernelPack.embedded())
    let missing = probed.missing(for: request)
    guard !missing.isEmpty else { return probed }
    let console = Console()
    let names = missing.map(\.name).joined(separator: ", ")
    console.note(
      missing.count == 1
        ? "probing \(names) once, about two seconds"
        : "probing \(missing.count) devices once, about two seconds each: \(names)")
    // Validation layers, where there are any, would be measured too.
    let instance = try Instance()
    for device in missing { await probed.probe(device, instance: instance) }
    if let place = probed.unwritten { console.note("the figures could not be kept in \(place)") }
    return probed
  }

  /// What the device can do at best, measured now where it never was.
  ///
  /// - Throws: `CommandError` where it cannot be measured.
  static func limits(of backend: VulkanBackend, _ console: Console) async throws(CommandError) -> ProbedLimits {
    let device = backend.device.physical
    do {
      var probed = ProbedDevices([device], kernels: try KernelPack.embedded())
      if probed.probes[device.index] == nil {
        console.note("probing \(device.name) once, about two seconds")
        await probed.probe(device, instance: try Instance())
      }
      if let probe = probed.probes[device.index] { return probe.limits }
      throw CommandError(
        .device, "\(device.name) cannot be probed: \(probed.failures[device.index] ?? "it gave no figures")")
    } catch {
      throw CommandError(error, otherwise: .device)
    }
  }

  /// Whether an error says that the device failed, was not there or lacks memory.
  static func isDeviceFault(_ error: any Error) -> Bool { error is GPUError }
}

extension DeviceReport {
  /// Every device of every driver, and the choice among them.
  ///
  /// - Throws: `CommandError` where the Vulkan loader fails.
  static func current() throws(CommandError) -> DeviceReport {
    do {
      return DeviceReport(ProbedDevices(try Instance().physicalDevices(), kernels: try KernelPack.embedded()))
    } catch {
      throw CommandError(error, otherwise: .device)
    }
  }

  init(_ probed: ProbedDevices) {
    devices = probed.devices.map { Entry($0, probe: probed.probes[$0.index], failure: probed.failures[$0.index]) }
    environment = Instance.environmentNotes
    guard !devices.isEmpty else {
      (chosen, reason) = (nil, "there is no Vulkan driver on this machine: \(BackendChoice.driverHint)")
      return
    }
    do {
      let choice = try DeviceSelection.choose(
        from: probed.devices, request: ProcessInfo.processInfo.environment[BackendChoice.variable],
        verdicts: probed.verdicts)
      (chosen, reason) = (choice.device.index, choice.reason)
    } catch {
      (chosen, reason) = (nil, "\(error)")
    }
  }
}

extension DeviceReport.Entry {
  fileprivate init(_ device: PhysicalDevice, probe: DeviceProbe?, failure: String?) {
    index = device.index
    name = device.name
    kind = device.kind.rawValue
    driver = [device.driverName, device.driverInfo].filter { !$0.isEmpty }.joined(separator: ", ")
    driverVersion = device.driverVersion
    vulkanVersion = device.apiVersion
    uuid = device.deviceUUID
    pciAddress = device.pciAddress
    heaps = device.heaps.map {
      DeviceReport.Heap(
        bytes: $0.byteCount, budgetBytes: $0.budgetByteCount, usedBytes: $0.usedByteCount,
        isDeviceLocal: $0.isDeviceLocal)
    }
    subgroupSize = device.subgroupSize
    subgroupSizes = [device.subgroupSizeRange.lowerBound, device.subgroupSizeRange.upperBound]
    sharedMemoryBytes = device.sharedMemoryByteCount
    maximumBindingBytes = device.maximumStorageBufferRange
    maximumAllocationBytes = device.maximumAllocationByteCount
    features = device.features.names
    rejection = device.rejection
    availableBytes = device.heaps.availableByteCount
    self.probe = probe
    probeFailure = failure
  }
}
