#pragma once
#include <string.h>
#include <vulkan/vulkan.h>

#include "kalsae_newer.h"

// The features that kernels or this runtime use: reported by kalsae_describe, switched on by kalsae_create_device.
typedef struct KalsaeFeatures {
  VkBool32 shaderFloat16, shaderInt8, shaderInt16, shaderInt64, storageBuffer8Bit, storageBuffer16Bit;
  VkBool32 integerDotProduct, integerDotProductAccelerated;
  VkBool32 subgroupArithmetic, subgroupShuffle, subgroupBallot, subgroupSizeControl, computeFullSubgroups;
  VkBool32 cooperativeMatrix, vulkanMemoryModel, vulkanMemoryModelDeviceScope, bufferDeviceAddress;
  // Those of VK_NV_cooperative_matrix2; all are zero where the extension is not there.
  VkBool32 matrixWorkgroupScope, matrixFlexibleDimensions, matrixReductions, matrixConversions;
  VkBool32 matrixPerElementOperations, matrixTensorAddressing, matrixBlockLoads;
  VkBool32 timelineSemaphore, synchronization2, maintenance4;
  VkBool32 externalMemoryHost, pipelineExecutableProperties, memoryBudget;
} KalsaeFeatures;

// One physical device, flat. Fields behind Vulkan 1.3 are zero where the device is older.
typedef struct KalsaeFacts {
  char name[256], driverName[256], driverInfo[256];
  uint32_t kind, vendorID, deviceID, apiVersion, driverVersion;
  uint8_t deviceUUID[16], driverUUID[16], pipelineCacheUUID[16];
  VkBool32 hasPCI;
  uint32_t pciDomain, pciBus, pciDevice, pciFunction;
  uint32_t subgroupSize, minimumSubgroupSize, maximumSubgroupSize;
  uint32_t sharedMemoryByteCount, maximumWorkgroupInvocations;
  uint32_t maximumWorkgroupSizeX, maximumWorkgroupSizeY, maximumWorkgroupSizeZ;
  uint32_t maximumWorkgroupCountX, maximumWorkgroupCountY, maximumWorkgroupCountZ;
  uint64_t maximumStorageBufferRange, maximumAllocationByteCount, maximumBufferByteCount;
  uint64_t storageBufferAlignment, nonCoherentAtomByteCount;
  uint32_t maximumPushConstantByteCount, maximumBindingCount;
  uint32_t maximumFlexibleMatrixDimension;
  float timestampPeriodNanoseconds;
  KalsaeFeatures features;
} KalsaeFacts;

static inline VkBool32 kalsae_has_extension(const VkExtensionProperties *list, uint32_t count, const char *name) {
  for (uint32_t i = 0; i < count; i++) {
    if (strcmp(list[i].extensionName, name) == 0) return VK_TRUE;
  }
  return VK_FALSE;
}

static inline void kalsae_describe_limits(const VkPhysicalDeviceProperties *from, KalsaeFacts *facts) {
  const VkPhysicalDeviceLimits *limits = &from->limits;
  memcpy(facts->name, from->deviceName, sizeof facts->name);
  memcpy(facts->pipelineCacheUUID, from->pipelineCacheUUID, 16);
  facts->kind = from->deviceType;
  facts->vendorID = from->vendorID;
  facts->deviceID = from->deviceID;
  facts->apiVersion = from->apiVersion;
  facts->driverVersion = from->driverVersion;
  facts->sharedMemoryByteCount = limits->maxComputeSharedMemorySize;
  facts->maximumWorkgroupInvocations = limits->maxComputeWorkGroupInvocations;
  facts->maximumWorkgroupSizeX = limits->maxComputeWorkGroupSize[0];
  facts->maximumWorkgroupSizeY = limits->maxComputeWorkGroupSize[1];
  facts->maximumWorkgroupSizeZ = limits->maxComputeWorkGroupSize[2];
  facts->maximumWorkgroupCountX = limits->maxComputeWorkGroupCount[0];
  facts->maximumWorkgroupCountY = limits->maxComputeWorkGroupCount[1];
  facts->maximumWorkgroupCountZ = limits->maxComputeWorkGroupCount[2];
  facts->maximumStorageBufferRange = limits->maxStorageBufferRange;
  facts->storageBufferAlignment = limits->minStorageBufferOffsetAlignment;
  facts->nonCoherentAtomByteCount = limits->nonCoherentAtomSize;
  facts->maximumPushConstantByteCount = limits->maxPushConstantsSize;
  facts->maximumBindingCount = limits->maxPerStageDescriptorStorageBuffers < limits->maxDescriptorSetStorageBuffers
                                   ? limits->maxPerStageDescriptorStorageBuffers
                                   : limits->maxDescriptorSetStorageBuffers;
  facts->timestampPeriodNanoseconds = limits->timestampPeriod;
}

static inline void kalsae_describe_properties(VkPhysicalDevice device, VkBool32 pci, VkBool32 matrices2,
                                              KalsaeFacts *facts) {
  VkPhysicalDeviceCooperativeMatrix2PropertiesNV matrix2 = {
      VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_COOPERATIVE_MATRIX_2_PROPERTIES_NV};
  VkPhysicalDevicePCIBusInfoPropertiesEXT bus = {VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PCI_BUS_INFO_PROPERTIES_EXT};
  VkPhysicalDeviceVulkan13Properties v13 = {VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_3_PROPERTIES};
  VkPhysicalDeviceVulkan12Properties v12 = {VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_PROPERTIES, &v13};
  VkPhysicalDeviceVulkan11Properties v11 = {VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_1_PROPERTIES, &v12};
  VkPhysicalDeviceProperties2 all = {VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2, &v11};
  if (pci) v13.pNext = &bus;
  if (matrices2) {
    matrix2.pNext = v13.pNext;
    v13.pNext = &matrix2;
  }
  vkGetPhysicalDeviceProperties2(device, &all);

  memcpy(facts->driverName, v12.driverName, sizeof facts->driverName);
  memcpy(facts->driverInfo, v12.driverInfo, sizeof facts->driverInfo);
  memcpy(facts->deviceUUID, v11.deviceUUID, 16);
  memcpy(facts->driverUUID, v11.driverUUID, 16);
  facts->hasPCI = pci;
  facts->pciDomain = bus.pciDomain;
  facts->pciBus = bus.pciBus;
  facts->pciDevice = bus.pciDevice;
  facts->pciFunction = bus.pciFunction;
  facts->subgroupSize = v11.subgroupSize;
  facts->minimumSubgroupSize = v13.minSubgroupSize;
  facts->maximumSubgroupSize = v13.maxSubgroupSize;
  facts->maximumAllocationByteCount = v11.maxMemoryAllocationSize;
  facts->maximumBufferByteCount = v13.maxBufferSize;
  facts->maximumFlexibleMatrixDimension = matrix2.cooperativeMatrixFlexibleDimensionsMaxDimension;

  VkBool32 compute = (v11.subgroupSupportedStages & VK_SHADER_STAGE_COMPUTE_BIT) != 0;
  VkBool32 sized = (v13.requiredSubgroupSizeStages & VK_SHADER_STAGE_COMPUTE_BIT) != 0;
  KalsaeFeatures *features = &facts->features;
  features->subgroupArithmetic = compute && (v11.subgroupSupportedOperations & VK_SUBGROUP_FEATURE_ARITHMETIC_BIT);
  features->subgroupShuffle = compute && (v11.subgroupSupportedOperations & VK_SUBGROUP_FEATURE_SHUFFLE_BIT);
  features->subgroupBallot = compute && (v11.subgroupSupportedOperations & VK_SUBGROUP_FEATURE_BALLOT_BIT);
  features->subgroupSizeControl = sized;
  features->integerDotProductAccelerated = v13.integerDotProduct4x8BitPackedSignedAccelerated;
}

// Call after kalsae_describe_properties: the subgroup fields combine a property with a feature.
static inline void kalsae_describe_features(VkPhysicalDevice device, VkBool32 matrices, VkBool32 matrices2,
                                            VkBool32 executables, KalsaeFeatures *features) {
  VkPhysicalDeviceCooperativeMatrixFeaturesKHR matrix = {
      VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_COOPERATIVE_MATRIX_FEATURES_KHR};
  VkPhysicalDeviceCooperativeMatrix2FeaturesNV matrix2 = {
      VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_COOPERATIVE_MATRIX_2_FEATURES_NV};
  VkPhysicalDevicePipelineExecutablePropertiesFeaturesKHR executable = {
      VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PIPELINE_EXECUTABLE_PROPERTIES_FEATURES_KHR};
  VkPhysicalDeviceVulkan13Features v13 = {VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_3_FEATURES};
  VkPhysicalDeviceVulkan12Features v12 = {VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_FEATURES, &v13};
  VkPhysicalDeviceVulkan11Features v11 = {VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_1_FEATURES, &v12};
  VkPhysicalDeviceFeatures2 all = {VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2, &v11};
  if (matrices) {
    matrix.pNext = v13.pNext;
    v13.pNext = &matrix;
  }
  if (matrices2) {
    matrix2.pNext = v13.pNext;
    v13.pNext = &matrix2;
  }
  if (executables) {
    executable.pNext = v13.pNext;
    v13.pNext = &executable;
  }
  vkGetPhysicalDeviceFeatures2(device, &all);

  features->shaderInt16 = all.features.shaderInt16;
  features->shaderInt64 = all.features.shaderInt64;
  features->shaderFloat16 = v12.shaderFloat16;
  features->shaderInt8 = v12.shaderInt8;
  features->storageBuffer8Bit = v12.storageBuffer8BitAccess;
  features->storageBuffer16Bit = v11.storageBuffer16BitAccess;
  features->integerDotProduct = v13.shaderIntegerDotProduct;
  features->integerDotProductAccelerated = features->integerDotProductAccelerated && v13.shaderIntegerDotProduct;
  features->subgroupSizeControl = features->subgroupSizeControl && v13.subgroupSizeControl;
  features->computeFullSubgroups = v13.computeFullSubgroups;
  features->cooperativeMatrix = matrix.cooperativeMatrix;
  features->matrixWorkgroupScope = matrix2.cooperativeMatrixWorkgroupScope;
  features->matrixFlexibleDimensions = matrix2.cooperativeMatrixFlexibleDimensions;
  features->matrixReductions = matrix2.cooperativeMatrixReductions;
  features->matrixConversions = matrix2.cooperativeMatrixConversions;
  features->matrixPerElementOperations = matrix2.cooperativeMatrixPerElementOperations;
  features->matrixTensorAddressing = matrix2.cooperativeMatrixTensorAddressing;
  features->matrixBlockLoads = matrix2.cooperativeMatrixBlockLoads;
  features->vulkanMemoryModel = v12.vulkanMemoryModel;
  features->vulkanMemoryModelDeviceScope = v12.vulkanMemoryModelDeviceScope;
  features->bufferDeviceAddress = v12.bufferDeviceAddress;
  features->timelineSemaphore = v12.timelineSemaphore;
  features->synchronization2 = v13.synchronization2;
  features->maintenance4 = v13.maintenance4;
  features->pipelineExecutableProperties = executable.pipelineExecutableInfo;
}

// Everything about one device; `extensions` is its own list.
static inline void kalsae_describe(VkPhysicalDevice device, const VkExtensionProperties *extensions, uint32_t count,
                                   KalsaeFacts *facts) {
  VkPhysicalDeviceProperties properties;
  memset(facts, 0, sizeof *facts);
  vkGetPhysicalDeviceProperties(device, &properties);
  kalsae_describe_limits(&properties, facts);
  if (properties.apiVersion < VK_API_VERSION_1_3) return;
  // The second extension builds on the first.
  VkBool32 matrices = kalsae_has_extension(extensions, count, VK_KHR_COOPERATIVE_MATRIX_EXTENSION_NAME);
  VkBool32 matrices2 =
      matrices && kalsae_has_extension(extensions, count, VK_NV_COOPERATIVE_MATRIX_2_EXTENSION_NAME);
  kalsae_describe_properties(
      device, kalsae_has_extension(extensions, count, VK_EXT_PCI_BUS_INFO_EXTENSION_NAME), matrices2, facts);
  kalsae_describe_features(
      device, matrices, matrices2,
      kalsae_has_extension(extensions, count, VK_KHR_PIPELINE_EXECUTABLE_PROPERTIES_EXTENSION_NAME), &facts->features);
  facts->features.memoryBudget = kalsae_has_extension(extensions, count, VK_EXT_MEMORY_BUDGET_EXTENSION_NAME);
  facts->features.externalMemoryHost =
      kalsae_has_extension(extensions, count, VK_EXT_EXTERNAL_MEMORY_HOST_EXTENSION_NAME);
}

// The heaps and, where `live` is set, what this process may still take; arrays of VK_MAX_MEMORY_HEAPS (16).
static inline uint32_t kalsae_heaps(VkPhysicalDevice device, VkBool32 live, uint64_t *byteCounts, uint32_t *flags,
                                    uint64_t *budgets, uint64_t *used) {
  VkPhysicalDeviceMemoryBudgetPropertiesEXT budget = {VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MEMORY_BUDGET_PROPERTIES_EXT};
  VkPhysicalDeviceMemoryProperties2 memory = {VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MEMORY_PROPERTIES_2};
  vkGetPhysicalDeviceMemoryProperties(device, &memory.memoryProperties);
  // Mesa's device without hardware (RADV_FORCE_FAMILY) has no heap, and crashes when asked how full its heaps are.
  if (live && memory.memoryProperties.memoryHeapCount > 0) {
    memory.pNext = &budget;
    vkGetPhysicalDeviceMemoryProperties2(device, &memory);
  }
  for (uint32_t i = 0; i < memory.memoryProperties.memoryHeapCount; i++) {
    byteCounts[i] = memory.memoryProperties.memoryHeaps[i].size;
    flags[i] = memory.memoryProperties.memoryHeaps[i].flags;
    budgets[i] = budget.heapBudget[i];
    used[i] = budget.heapUsage[i];
  }
  return memory.memoryProperties.memoryHeapCount;
}

// The memory types; arrays of VK_MAX_MEMORY_TYPES (32).
static inline uint32_t kalsae_memory_types(VkPhysicalDevice device, uint32_t *flags, uint32_t *heaps) {
  VkPhysicalDeviceMemoryProperties memory;
  vkGetPhysicalDeviceMemoryProperties(device, &memory);
  for (uint32_t i = 0; i < memory.memoryTypeCount; i++) {
    flags[i] = memory.memoryTypes[i].propertyFlags;
    heaps[i] = memory.memoryTypes[i].heapIndex;
  }
  return memory.memoryTypeCount;
}

// Lists the cooperative matrix shapes; call once with NULL for the count.
static inline VkResult kalsae_cooperative_matrices(
    VkInstance instance, VkPhysicalDevice device, uint32_t *count, VkCooperativeMatrixPropertiesKHR *shapes) {
  PFN_vkGetPhysicalDeviceCooperativeMatrixPropertiesKHR get =
      (PFN_vkGetPhysicalDeviceCooperativeMatrixPropertiesKHR)vkGetInstanceProcAddr(
          instance, "vkGetPhysicalDeviceCooperativeMatrixPropertiesKHR");
  if (!get) return VK_ERROR_EXTENSION_NOT_PRESENT;
  if (shapes) {
    for (uint32_t i = 0; i < *count; i++) {
      memset(&shapes[i], 0, sizeof shapes[i]);
      shapes[i].sType = VK_STRUCTURE_TYPE_COOPERATIVE_MATRIX_PROPERTIES_KHR;
    }
  }
  return get(device, count, shapes);
}

// Lists the granules of matrices of flexible size; call once with NULL for the count.
static inline VkResult kalsae_flexible_matrices(
    VkInstance instance, VkPhysicalDevice device, uint32_t *count,
    VkCooperativeMatrixFlexibleDimensionsPropertiesNV *granules) {
  PFN_vkGetPhysicalDeviceCooperativeMatrixFlexibleDimensionsPropertiesNV get =
      (PFN_vkGetPhysicalDeviceCooperativeMatrixFlexibleDimensionsPropertiesNV)vkGetInstanceProcAddr(
          instance, "vkGetPhysicalDeviceCooperativeMatrixFlexibleDimensionsPropertiesNV");
  if (!get) return VK_ERROR_EXTENSION_NOT_PRESENT;
  if (granules) {
    for (uint32_t i = 0; i < *count; i++) {
      memset(&granules[i], 0, sizeof granules[i]);
      granules[i].sType = VK_STRUCTURE_TYPE_COOPERATIVE_MATRIX_FLEXIBLE_DIMENSIONS_PROPERTIES_NV;
    }
  }
  return get(device, count, granules);
}
