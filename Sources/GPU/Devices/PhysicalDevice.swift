/// A device that a driver offers: facts only, nothing is opened.
package struct PhysicalDevice: Sendable {
  /// Its place in Vulkan's list.
  package var index = 0
  package var name = ""
  package var kind = DeviceKind.other
  package var vendorID = 0
  package var deviceID = 0
  package var driverName = ""
  package var driverInfo = ""
  package var driverVersion = ""
  /// Such as "1.3.289".
  package var apiVersion = ""
  /// 32 hexadecimal digits; zeros on a driver older than Vulkan 1.3.
  package var deviceUUID = ""
  package var driverUUID = ""
  /// Such as "0000:01:00.0".
  package var pciAddress: String?
  package var heaps: [MemoryHeap] = []
  package var subgroupSize = 0
  package var subgroupSizeRange = 0...0
  package var sharedMemoryByteCount = 0
  package var maximumWorkgroupInvocations = 0
  package var maximumWorkgroupSize = (x: 0, y: 0, z: 0)
  package var maximumWorkgroupCount = (x: 0, y: 0, z: 0)
  /// The most bytes that one binding may cover.
  package var maximumStorageBufferRange = 0
  /// The most bytes that one buffer may have.
  package var maximumAllocationByteCount = 0
  /// Bindings begin at multiples of this.
  package var storageBufferAlignment = 1
  package var nonCoherentAtomByteCount = 1
  package var maximumPushConstantByteCount = 0
  package var maximumBindingCount = 0
  package var timestampPeriodNanoseconds = 0.0
  /// Whether recordings can have timestamps.
  package var hasTimestamps = false
  /// The processor and the device share their memory, so that copying to the device is needless.
  package var isUnifiedMemory = false
  package var features = DeviceFeatures()
  package var cooperativeMatrixShapes: [CooperativeMatrixShape] = []
  package var flexibleMatrixGranules: [FlexibleMatrixGranule] = []
  /// Rows and columns that a matrix of flexible size has at most.
  package var maximumFlexibleMatrixDimension = 0
  /// Why Kalsae cannot use this device; nil where it can.
  package var rejection: String?

  var handle: Handle<PhysicalDeviceObject>?
  var computeQueueFamily: UInt32 = 0
  var memoryTypes: [MemoryType] = []
  var rawDriverVersion: UInt32 = 0
  var pipelineCacheUUID: [UInt8] = []

  /// A device without a driver behind it, for rules that only need facts.
  package init(
    index: Int = 0, name: String = "", kind: DeviceKind = .other, deviceUUID: String = "", pciAddress: String? = nil,
    heaps: [MemoryHeap] = [], rejection: String? = nil
  ) {
    self.index = index
    self.name = name
    self.kind = kind
    self.deviceUUID = deviceUUID
    self.pciAddress = pciAddress
    self.heaps = heaps
    self.rejection = rejection
  }

  /// The size of its own memory: the sum of the device-local heaps.
  package var deviceLocalByteCount: Int { heaps.filter(\.isDeviceLocal).reduce(0) { $0 + $1.byteCount } }
}
