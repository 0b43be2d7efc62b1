internal import CVulkan

/// Asks a driver for everything that `PhysicalDevice` holds.
struct PhysicalDeviceQuery {
  let instance: VkInstance
  let device: VkPhysicalDevice

  func describe(index: Int) throws(GPUError) -> PhysicalDevice {
    var facts = KalsaeFacts()
    let extensions = try extensionList()
    kalsae_describe(device, extensions, UInt32(extensions.count), &facts)
    var result = PhysicalDevice(index: index, name: text(facts.name), kind: Self.kind(facts.kind))
    result.handle = Handle(device)
    Self.describeDriver(facts, &result)
    Self.describeLimits(facts, &result)
    result.features = Self.features(facts.features)
    result.heaps = Self.heaps(of: device, live: result.features.memoryBudget)
    result.memoryTypes = memoryTypes()
    let families = queueFamilies()
    let chosen = Self.chooseQueueFamily(families)
    result.computeQueueFamily = UInt32(chosen ?? 0)
    result.hasTimestamps = chosen.map { families[$0].timestampBitCount > 0 } ?? false
    result.isUnifiedMemory = !result.heaps.isEmpty && result.heaps.allSatisfy(\.isDeviceLocal)
    if result.features.cooperativeMatrixKHR { result.cooperativeMatrixShapes = cooperativeMatrixShapes() }
    if result.features.cooperativeMatrixFlexibleDimensionsNV {
      result.flexibleMatrixGranules = flexibleMatrixGranules()
      result.maximumFlexibleMatrixDimension = Int(facts.maximumFlexibleMatrixDimension)
    }
    result.rejection = Self.rejection(of: result, apiVersion: facts.apiVersion, hasComputeQueue: chosen != nil)
    return result
  }

  /// What a queue family can do, as far as the choice needs it.
  struct QueueFamily {
    var hasCompute: Bool
    var hasGraphics: Bool
    var timestampBitCount: Int
  }

  /// A family for compute alone where there is one, since it does not compete with the desktop; then any for compute.
  static func chooseQueueFamily(_ families: [QueueFamily]) -> Int? {
    let compute = families.indices.filter { families[$0].hasCompute }
    return compute.first { !families[$0].hasGraphics && families[$0].timestampBitCount > 0 }
      ?? compute.first { families[$0].timestampBitCount > 0 } ?? compute.first
  }

  /// The heaps with, where `live`, the budget at this moment.
  static func heaps(of device: VkPhysicalDevice, live: Bool) -> [MemoryHeap] {
    var sizes = [UInt64](repeating: 0, count: Int(VK_MAX_MEMORY_HEAPS))
    var (budgets, used) = (sizes, sizes)
    var flags = [UInt32](repeating: 0, count: sizes.count)
    let count = kalsae_heaps(device, VkBool32(live ? VK_TRUE : VK_FALSE), &sizes, &flags, &budgets, &used)
    return (0..<Int(count)).map { heap in
      MemoryHeap(
        byteCount: Int(clamping: sizes[heap]), budgetByteCount: live ? Int(clamping: budgets[heap]) : nil,
        usedByteCount: live ? Int(clamping: used[heap]) : nil,
        isDeviceLocal: flags[heap] & VK_MEMORY_HEAP_DEVICE_LOCAL_BIT.rawValue != 0)
    }
  }

  private func extensionList() throws(GPUError) -> [VkExtensionProperties] {
    var count: UInt32 = 0
    var result = VulkanResult(code: vkEnumerateDeviceExtensionProperties(device, nil, &count, nil).rawValue)
    var list = [VkExtensionProperties](repeating: VkExtensionProperties(), count: Int(count))
    if result == .success {
      result = VulkanResult(code: vkEnumerateDeviceExtensionProperties(device, nil, &count, &list).rawValue)
    }
    guard result == .success || result == .incomplete else {
      throw .failed(result, call: "vkEnumerateDeviceExtensionProperties", device: "a device")
    }
    return Array(list.prefix(Int(count)))
  }

  private func queueFamilies() -> [QueueFamily] {
    var count: UInt32 = 0
    vkGetPhysicalDeviceQueueFamilyProperties(device, &count, nil)
    var list = [VkQueueFamilyProperties](repeating: VkQueueFamilyProperties(), count: Int(count))
    vkGetPhysicalDeviceQueueFamilyProperties(device, &count, &list)
    return list.prefix(Int(count)).map { family in
      QueueFamily(
        hasCompute: family.queueFlags & VK_QUEUE_COMPUTE_BIT.rawValue != 0,
        hasGraphics: family.queueFlags & VK_QUEUE_GRAPHICS_BIT.rawValue != 0,
        timestampBitCount: Int(family.timestampValidBits))
    }
  }

  private func memoryTypes() -> [MemoryType] {
    var flags = [UInt32](repeating: 0, count: Int(VK_MAX_MEMORY_TYPES))
    var heaps = flags
    let count = kalsae_memory_types(device, &flags, &heaps)
    return (0..<Int(count)).map { MemoryType(index: $0, heap: Int(heaps[$0]), flags: flags[$0]) }
  }

  private func cooperativeMatrixShapes() -> [CooperativeMatrixShape] {
    var count: UInt32 = 0
    guard kalsae_cooperative_matrices(instance, device, &count, nil) == VK_SUCCESS else { return [] }
    var list = [VkCooperativeMatrixPropertiesKHR](repeating: VkCooperativeMatrixPropertiesKHR(), count: Int(count))
    guard kalsae_cooperative_matrices(instance, device, &count, &list) == VK_SUCCESS else { return [] }
    return list.prefix(Int(count)).compactMap(Self.shape)
  }

  /// Nil for a component type or a scope that kernels do not use.
  private static func shape(_ from: VkCooperativeMatrixPropertiesKHR) -> CooperativeMatrixShape? {
    typealias Component = CooperativeMatrixShape.Component
    let subgroupScope = 3
    guard Int(Self.number(from.scope)) == subgroupScope, let a = Component(rawValue: Self.number(from.AType)),
      let b = Component(rawValue: Self.number(from.BType)), let c = Component(rawValue: Self.number(from.CType)),
      let result = Component(rawValue: Self.number(from.ResultType))
    else { return nil }
    return CooperativeMatrixShape(
      m: Int(from.MSize), n: Int(from.NSize), k: Int(from.KSize), a: a, b: b, c: c, result: result)
  }

  private func flexibleMatrixGranules() -> [FlexibleMatrixGranule] {
    var count: UInt32 = 0
    guard kalsae_flexible_matrices(instance, device, &count, nil) == VK_SUCCESS else { return [] }
    var list = [VkCooperativeMatrixFlexibleDimensionsPropertiesNV](
      repeating: VkCooperativeMatrixFlexibleDimensionsPropertiesNV(), count: Int(count))
    guard kalsae_flexible_matrices(instance, device, &count, &list) == VK_SUCCESS else { return [] }
    return list.prefix(Int(count)).compactMap(Self.granule)
  }

  /// Nil for a component type or a scope that kernels do not use, and for sums that stop at the largest number.
  private static func granule(_ from: VkCooperativeMatrixFlexibleDimensionsPropertiesNV) -> FlexibleMatrixGranule? {
    typealias Component = CooperativeMatrixShape.Component
    guard from.saturatingAccumulation == VK_FALSE,
      let scope = FlexibleMatrixGranule.Scope(rawValue: number(from.scope)),
      let a = Component(rawValue: number(from.AType)),
      let b = Component(rawValue: number(from.BType)), let c = Component(rawValue: number(from.CType)),
      let result = Component(rawValue: number(from.ResultType)),
      from.MGranularity > 0, from.NGranularity > 0, from.KGranularity > 0
    else { return nil }
    let shape = CooperativeMatrixShape(
      m: Int(from.MGranularity), n: Int(from.NGranularity), k: Int(from.KGranularity), a: a, b: b, c: c, result: result)
    return FlexibleMatrixGranule(shape: shape, scope: scope, workgroupInvocations: Int(from.workgroupInvocations))
  }

  // The fields are plain numbers in this project's header and enumerations in newer ones.
  private static func number(_ value: UInt32) -> Int { Int(value) }
  private static func number<Enumeration: RawRepresentable<UInt32>>(_ value: Enumeration) -> Int {
    Int(value.rawValue)
  }
}
