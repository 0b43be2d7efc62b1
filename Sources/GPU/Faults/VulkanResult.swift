/// What a Vulkan call returned: every code of the headers by name, others with their number.
package enum VulkanResult: Hashable, Sendable, CustomStringConvertible {
  case success, notReady, timeout, eventSet, eventReset, incomplete
  case outOfHostMemory, outOfDeviceMemory, initializationFailed, deviceLost, memoryMapFailed
  case layerNotPresent, extensionNotPresent, featureNotPresent, incompatibleDriver, tooManyObjects
  case formatNotSupported, fragmentedPool, unknownError
  case outOfPoolMemory, invalidExternalHandle, fragmentation, invalidOpaqueCaptureAddress
  case pipelineCompileRequired, notPermitted, validationFailed, invalidShader
  /// A code that this list does not know.
  case other(Int32)

  /// The number and the name of every known code, in the order of the headers.
  package static let table: [(result: VulkanResult, code: Int32, name: String)] = [
    (.success, 0, "VK_SUCCESS"),
    (.notReady, 1, "VK_NOT_READY"),
    (.timeout, 2, "VK_TIMEOUT"),
    (.eventSet, 3, "VK_EVENT_SET"),
    (.eventReset, 4, "VK_EVENT_RESET"),
    (.incomplete, 5, "VK_INCOMPLETE"),
    (.outOfHostMemory, -1, "VK_ERROR_OUT_OF_HOST_MEMORY"),
    (.outOfDeviceMemory, -2, "VK_ERROR_OUT_OF_DEVICE_MEMORY"),
    (.initializationFailed, -3, "VK_ERROR_INITIALIZATION_FAILED"),
    (.deviceLost, -4, "VK_ERROR_DEVICE_LOST"),
    (.memoryMapFailed, -5, "VK_ERROR_MEMORY_MAP_FAILED"),
    (.layerNotPresent, -6, "VK_ERROR_LAYER_NOT_PRESENT"),
    (.extensionNotPresent, -7, "VK_ERROR_EXTENSION_NOT_PRESENT"),
    (.featureNotPresent, -8, "VK_ERROR_FEATURE_NOT_PRESENT"),
    (.incompatibleDriver, -9, "VK_ERROR_INCOMPATIBLE_DRIVER"),
    (.tooManyObjects, -10, "VK_ERROR_TOO_MANY_OBJECTS"),
    (.formatNotSupported, -11, "VK_ERROR_FORMAT_NOT_SUPPORTED"),
    (.fragmentedPool, -12, "VK_ERROR_FRAGMENTED_POOL"),
    (.unknownError, -13, "VK_ERROR_UNKNOWN"),
    (.outOfPoolMemory, -1_000_069_000, "VK_ERROR_OUT_OF_POOL_MEMORY"),
    (.invalidExternalHandle, -1_000_072_003, "VK_ERROR_INVALID_EXTERNAL_HANDLE"),
    (.fragmentation, -1_000_161_000, "VK_ERROR_FRAGMENTATION"),
    (.invalidOpaqueCaptureAddress, -1_000_257_000, "VK_ERROR_INVALID_OPAQUE_CAPTURE_ADDRESS"),
    (.pipelineCompileRequired, 1_000_297_000, "VK_PIPELINE_COMPILE_REQUIRED"),
    (.notPermitted, -1_000_174_001, "VK_ERROR_NOT_PERMITTED_KHR"),
    (.validationFailed, -1_000_011_001, "VK_ERROR_VALIDATION_FAILED_EXT"),
    (.invalidShader, -1_000_012_000, "VK_ERROR_INVALID_SHADER_NV"),
  ]

  /// The result with this code; `.other` keeps a code that is not in the list.
  package init(code: Int32) {
    self = Self.table.first { $0.code == code }?.result ?? .other(code)
  }

  /// The number that Vulkan uses.
  package var code: Int32 {
    if case .other(let code) = self { return code }
    return Self.table.first { $0.result == self }?.code ?? 0
  }

  /// The name in Vulkan's headers, or the number where there is none.
  package var description: String {
    if case .other(let code) = self { return "VkResult \(code)" }
    return Self.table.first { $0.result == self }?.name ?? "VkResult \(code)"
  }
}
