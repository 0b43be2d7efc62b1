/// What kernels may use on a device.
package struct DeviceFeatures: Codable, Hashable, Sendable {
  package var shaderFloat16 = false
  package var shaderInt8 = false
  package var shaderInt16 = false
  package var shaderInt64 = false
  package var storageBuffer8Bit = false
  package var storageBuffer16Bit = false
  package var integerDotProduct = false
  /// The dot product of four packed signed bytes is one instruction, not several.
  package var integerDotProductAccelerated = false
  package var subgroupArithmetic = false
  package var subgroupShuffle = false
  package var subgroupBallot = false
  package var subgroupSizeControl = false
  package var computeFullSubgroups = false
  package var cooperativeMatrixKHR = false
  package var cooperativeMatrixWorkgroupScopeNV = false
  package var cooperativeMatrixFlexibleDimensionsNV = false
  package var cooperativeMatrixReductionsNV = false
  package var cooperativeMatrixConversionsNV = false
  package var cooperativeMatrixPerElementOperationsNV = false
  package var cooperativeMatrixTensorAddressingNV = false
  package var cooperativeMatrixBlockLoadsNV = false
  package var vulkanMemoryModel = false
  package var vulkanMemoryModelDeviceScope = false
  package var bufferDeviceAddress = false
  package var timelineSemaphore = false
  package var synchronization2 = false
  package var maintenance4 = false
  package var externalMemoryHost = false
  package var pipelineExecutableProperties = false
  package var memoryBudget = false

  package init() {}

  /// The names of those that are there, in the order above.
  package var names: [String] {
    Mirror(reflecting: self).children.compactMap { $0.value as? Bool == true ? $0.label : nil }
  }
}
