internal import CVulkan

/// From the flat facts of C to the types of Swift, and the rule that rejects a device.
extension PhysicalDeviceQuery {
  static func kind(_ raw: UInt32) -> DeviceKind {
    switch VkPhysicalDeviceType(rawValue: raw) {
    case VK_PHYSICAL_DEVICE_TYPE_DISCRETE_GPU: .discrete
    case VK_PHYSICAL_DEVICE_TYPE_INTEGRATED_GPU: .integrated
    case VK_PHYSICAL_DEVICE_TYPE_VIRTUAL_GPU: .virtual
    case VK_PHYSICAL_DEVICE_TYPE_CPU: .cpu
    default: .other
    }
  }

  static func describeDriver(_ facts: KalsaeFacts, _ result: inout PhysicalDevice) {
    result.vendorID = Int(facts.vendorID)
    result.deviceID = Int(facts.deviceID)
    result.driverName = text(facts.driverName)
    result.driverInfo = text(facts.driverInfo)
    result.rawDriverVersion = facts.driverVersion
    result.driverVersion = driverVersion(facts.driverVersion, vendorID: facts.vendorID)
    result.apiVersion = version(facts.apiVersion)
    result.deviceUUID = hexadecimal(facts.deviceUUID)
    result.driverUUID = hexadecimal(facts.driverUUID)
    result.pipelineCacheUUID = withUnsafeBytes(of: facts.pipelineCacheUUID) { Array($0) }
    if facts.hasPCI != 0 {
      result.pciAddress =
        "\(digits(facts.pciDomain, 4)):\(digits(facts.pciBus, 2)):\(digits(facts.pciDevice, 2)).\(facts.pciFunction)"
    }
  }

  static func describeLimits(_ facts: KalsaeFacts, _ result: inout PhysicalDevice) {
    result.subgroupSize = Int(facts.subgroupSize)
    result.subgroupSizeRange =
      Int(facts.minimumSubgroupSize)...Int(max(facts.minimumSubgroupSize, facts.maximumSubgroupSize))
    result.sharedMemoryByteCount = Int(facts.sharedMemoryByteCount)
    result.maximumWorkgroupInvocations = Int(facts.maximumWorkgroupInvocations)
    result.maximumWorkgroupSize = (
      Int(facts.maximumWorkgroupSizeX), Int(facts.maximumWorkgroupSizeY), Int(facts.maximumWorkgroupSizeZ)
    )
    result.maximumWorkgroupCount = (
      Int(facts.maximumWorkgroupCountX), Int(facts.maximumWorkgroupCountY), Int(facts.maximumWorkgroupCountZ)
    )
    result.maximumStorageBufferRange = Int(clamping: facts.maximumStorageBufferRange)
    result.maximumAllocationByteCount = Int(
      clamping: min(facts.maximumAllocationByteCount, facts.maximumBufferByteCount))
    result.storageBufferAlignment = max(1, Int(clamping: facts.storageBufferAlignment))
    result.nonCoherentAtomByteCount = max(1, Int(clamping: facts.nonCoherentAtomByteCount))
    result.maximumPushConstantByteCount = Int(facts.maximumPushConstantByteCount)
    result.maximumBindingCount = min(64, Int(facts.maximumBindingCount))
    result.timestampPeriodNanoseconds = Double(facts.timestampPeriodNanoseconds)
  }

  static func features(_ from: KalsaeFeatures) -> DeviceFeatures {
    var features = DeviceFeatures()
    features.shaderFloat16 = from.shaderFloat16 != 0
    features.shaderInt8 = from.shaderInt8 != 0
    features.shaderInt16 = from.shaderInt16 != 0
    features.shaderInt64 = from.shaderInt64 != 0
    features.storageBuffer8Bit = from.storageBuffer8Bit != 0
    features.storageBuffer16Bit = from.storageBuffer16Bit != 0
    features.integerDotProduct = from.integerDotProduct != 0
    features.integerDotProductAccelerated = from.integerDotProductAccelerated != 0
    features.subgroupArithmetic = from.subgroupArithmetic != 0
    features.subgroupShuffle = from.subgroupShuffle != 0
    features.subgroupBallot = from.subgroupBallot != 0
    features.subgroupSizeControl = from.subgroupSizeControl != 0
    features.computeFullSubgroups = from.computeFullSubgroups != 0
    features.cooperativeMatrixKHR = from.cooperativeMatrix != 0
    features.cooperativeMatrixWorkgroupScopeNV = from.matrixWorkgroupScope != 0
    features.cooperativeMatrixFlexibleDimensionsNV = from.matrixFlexibleDimensions != 0
    features.cooperativeMatrixReductionsNV = from.matrixReductions != 0
    features.cooperativeMatrixConversionsNV = from.matrixConversions != 0
    features.cooperativeMatrixPerElementOperationsNV = from.matrixPerElementOperations != 0
    features.cooperativeMatrixTensorAddressingNV = from.matrixTensorAddressing != 0
    features.cooperativeMatrixBlockLoadsNV = from.matrixBlockLoads != 0
    features.vulkanMemoryModel = from.vulkanMemoryModel != 0
    features.vulkanMemoryModelDeviceScope = from.vulkanMemoryModelDeviceScope != 0
    features.bufferDeviceAddress = from.bufferDeviceAddress != 0
    features.timelineSemaphore = from.timelineSemaphore != 0
    features.synchronization2 = from.synchronization2 != 0
    features.maintenance4 = from.maintenance4 != 0
    features.externalMemoryHost = from.externalMemoryHost != 0
    features.pipelineExecutableProperties = from.pipelineExecutableProperties != 0
    features.memoryBudget = from.memoryBudget != 0
    return features
  }

  /// The way back: what `Device` switches on.
  static func request(_ from: DeviceFeatures) -> KalsaeFeatures {
    func flag(_ value: Bool) -> VkBool32 { VkBool32(value ? VK_TRUE : VK_FALSE) }
    var features = KalsaeFeatures()
    features.shaderFloat16 = flag(from.shaderFloat16)
    features.shaderInt8 = flag(from.shaderInt8)
    features.shaderInt16 = flag(from.shaderInt16)
    features.shaderInt64 = flag(from.shaderInt64)
    features.storageBuffer8Bit = flag(from.storageBuffer8Bit)
    features.storageBuffer16Bit = flag(from.storageBuffer16Bit)
    features.integerDotProduct = flag(from.integerDotProduct)
    features.subgroupSizeControl = flag(from.subgroupSizeControl)
    features.computeFullSubgroups = flag(from.computeFullSubgroups)
    features.cooperativeMatrix = flag(from.cooperativeMatrixKHR)
    features.matrixWorkgroupScope = flag(from.cooperativeMatrixWorkgroupScopeNV)
    features.matrixFlexibleDimensions = flag(from.cooperativeMatrixFlexibleDimensionsNV)
    features.matrixReductions = flag(from.cooperativeMatrixReductionsNV)
    features.matrixConversions = flag(from.cooperativeMatrixConversionsNV)
    features.matrixPerElementOperations = flag(from.cooperativeMatrixPerElementOperationsNV)
    features.matrixTensorAddressing = flag(from.cooperativeMatrixTensorAddressingNV)
    features.matrixBlockLoads = flag(from.cooperativeMatrixBlockLoadsNV)
    features.vulkanMemoryModel = flag(from.vulkanMemoryModel)
    features.vulkanMemoryModelDeviceScope = flag(from.vulkanMemoryModelDeviceScope)
    features.bufferDeviceAddress = flag(from.bufferDeviceAddress)
    features.timelineSemaphore = flag(from.timelineSemaphore)
    features.synchronization2 = flag(from.synchronization2)
    features.maintenance4 = flag(from.maintenance4)
    features.externalMemoryHost = flag(from.externalMemoryHost)
    features.pipelineExecutableProperties = flag(from.pipelineExecutableProperties)
    features.memoryBudget = flag(from.memoryBudget)
    return features
  }

  /// One sentence on the first thing that is missing; nil where nothing is.
  static func rejection(of device: PhysicalDevice, apiVersion: UInt32, hasComputeQueue: Bool) -> String? {
    let vulkan1_3: UInt32 = 1 << 22 | 3 << 12
    guard apiVersion >= vulkan1_3 else { return "its driver offers Vulkan \(device.apiVersion), 1.3 is needed" }
    guard hasComputeQueue else { return "it has no compute queue" }
    let needed: [(Bool, String)] = [
      (device.features.timelineSemaphore, "timelineSemaphore"), (device.features.synchronization2, "synchronization2"),
      (device.features.maintenance4, "maintenance4"), (device.features.computeFullSubgroups, "computeFullSubgroups"),
      // Where there is one size (AMD before RDNA), there is nothing to control.
      (device.features.subgroupSizeControl || device.subgroupSizeRange.count == 1, "subgroupSizeControl"),
    ]
    let missing = needed.filter { !$0.0 }.map(\.1)
    return missing.isEmpty ? nil : "its driver lacks \(missing.joined(separator: ", "))"
  }

  static func version(_ raw: UInt32) -> String { "\(raw >> 22 & 0x7f).\(raw >> 12 & 0x3ff).\(raw & 0xfff)" }

  /// NVIDIA packs its four numbers in another way than Vulkan's own.
  static func driverVersion(_ raw: UInt32, vendorID: UInt32) -> String {
    let nvidia: UInt32 = 0x10de
    guard vendorID == nvidia else { return version(raw) }
    return "\(raw >> 22 & 0x3ff).\(raw >> 14 & 0xff).\(raw >> 6 & 0xff).\(raw & 0x3f)"
  }

  private static func hexadecimal<Bytes>(_ bytes: Bytes) -> String {
    withUnsafeBytes(of: bytes) { $0.map { digits(UInt32($0), 2) }.joined() }
  }

  private static func digits(_ value: UInt32, _ count: Int) -> String {
    let text = String(value, radix: 16)
    return String(repeating: "0", count: max(0, count - text.count)) + text
  }
}
