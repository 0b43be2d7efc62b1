#pragma once
#include <vulkan/vulkan.h>

#include "kalsae_facts.h"
#include "kalsae_newer.h"

// A device with one compute queue and exactly the features that `features` names.
static inline VkResult kalsae_create_device(
    VkPhysicalDevice physical, uint32_t queueFamily, const KalsaeFeatures *features, VkDevice *device) {
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
  all.features.shaderInt16 = features->shaderInt16;
  all.features.shaderInt64 = features->shaderInt64;
  v11.storageBuffer16BitAccess = features->storageBuffer16Bit;
  v12.storageBuffer8BitAccess = features->storageBuffer8Bit;
  v12.shaderFloat16 = features->shaderFloat16;
  v12.shaderInt8 = features->shaderInt8;
  v12.vulkanMemoryModel = features->vulkanMemoryModel;
  v12.vulkanMemoryModelDeviceScope = features->vulkanMemoryModelDeviceScope;
  v12.bufferDeviceAddress = features->bufferDeviceAddress;
  v12.timelineSemaphore = features->timelineSemaphore;
  v13.synchronization2 = features->synchronization2;
  v13.maintenance4 = features->maintenance4;
  v13.shaderIntegerDotProduct = features->integerDotProduct;
  v13.subgroupSizeControl = features->subgroupSizeControl;
  v13.computeFullSubgroups = features->computeFullSubgroups;

  const char *extensions[5];
  uint32_t count = 0;
  if (features->memoryBudget) extensions[count++] = VK_EXT_MEMORY_BUDGET_EXTENSION_NAME;
  if (features->externalMemoryHost) extensions[count++] = VK_EXT_EXTERNAL_MEMORY_HOST_EXTENSION_NAME;
  if (features->cooperativeMatrix) {
    matrix.cooperativeMatrix = VK_TRUE;
    matrix.pNext = v13.pNext;
    v13.pNext = &matrix;
    extensions[count++] = VK_KHR_COOPERATIVE_MATRIX_EXTENSION_NAME;
  }
  if (features->matrixFlexibleDimensions) {
    matrix2.cooperativeMatrixWorkgroupScope = features->matrixWorkgroupScope;
    matrix2.cooperativeMatrixFlexibleDimensions = VK_TRUE;
    matrix2.cooperativeMatrixReductions = features->matrixReductions;
    matrix2.cooperativeMatrixConversions = features->matrixConversions;
    matrix2.cooperativeMatrixPerElementOperations = features->matrixPerElementOperations;
    matrix2.cooperativeMatrixTensorAddressing = features->matrixTensorAddressing;
    matrix2.cooperativeMatrixBlockLoads = features->matrixBlockLoads;
    matrix2.pNext = v13.pNext;
    v13.pNext = &matrix2;
    extensions[count++] = VK_NV_COOPERATIVE_MATRIX_2_EXTENSION_NAME;
  }
  if (features->pipelineExecutableProperties) {
    executable.pipelineExecutableInfo = VK_TRUE;
    executable.pNext = v13.pNext;
    v13.pNext = &executable;
    extensions[count++] = VK_KHR_PIPELINE_EXECUTABLE_PROPERTIES_EXTENSION_NAME;
  }

  const float priority = 1.0f;
  VkDeviceQueueCreateInfo queue = {VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO};
  queue.queueFamilyIndex = queueFamily;
  queue.queueCount = 1;
  queue.pQueuePriorities = &priority;
  VkDeviceCreateInfo info = {VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO, &all};
  info.queueCreateInfoCount = 1;
  info.pQueueCreateInfos = &queue;
  info.enabledExtensionCount = count;
  info.ppEnabledExtensionNames = extensions;
  return vkCreateDevice(physical, &info, NULL, device);
}

static inline VkResult kalsae_create_timeline(VkDevice device, VkSemaphore *semaphore) {
  VkSemaphoreTypeCreateInfo type = {VK_STRUCTURE_TYPE_SEMAPHORE_TYPE_CREATE_INFO};
  type.semaphoreType = VK_SEMAPHORE_TYPE_TIMELINE;
  VkSemaphoreCreateInfo info = {VK_STRUCTURE_TYPE_SEMAPHORE_CREATE_INFO, &type};
  return vkCreateSemaphore(device, &info, NULL, semaphore);
}

static inline VkResult kalsae_wait_timeline(
    VkDevice device, VkSemaphore semaphore, uint64_t value, uint64_t timeoutNanoseconds) {
  VkSemaphoreWaitInfo info = {VK_STRUCTURE_TYPE_SEMAPHORE_WAIT_INFO};
  info.semaphoreCount = 1;
  info.pSemaphores = &semaphore;
  info.pValues = &value;
  return vkWaitSemaphores(device, &info, timeoutNanoseconds);
}

static inline VkResult kalsae_create_buffer(VkDevice device, uint64_t byteCount, VkBuffer *buffer) {
  VkBufferCreateInfo info = {VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO};
  info.size = byteCount;
  info.usage =
      VK_BUFFER_USAGE_STORAGE_BUFFER_BIT | VK_BUFFER_USAGE_TRANSFER_SRC_BIT | VK_BUFFER_USAGE_TRANSFER_DST_BIT;
  info.sharingMode = VK_SHARING_MODE_EXCLUSIVE;
  return vkCreateBuffer(device, &info, NULL, buffer);
}

static inline VkResult kalsae_allocate_memory(
    VkDevice device, uint32_t memoryType, uint64_t byteCount, VkDeviceMemory *memory) {
  VkMemoryAllocateInfo info = {VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO};
  info.allocationSize = byteCount;
  info.memoryTypeIndex = memoryType;
  return vkAllocateMemory(device, &info, NULL, memory);
}

static inline VkMappedMemoryRange kalsae_mapped_range(VkDeviceMemory memory, uint64_t offset, uint64_t byteCount) {
  VkMappedMemoryRange range = {VK_STRUCTURE_TYPE_MAPPED_MEMORY_RANGE};
  range.memory = memory;
  range.offset = offset;
  range.size = byteCount;
  return range;
}

// Makes host writes visible to the device; the range is rounded by the caller to the non-coherent atom.
static inline VkResult kalsae_flush(VkDevice device, VkDeviceMemory memory, uint64_t offset, uint64_t byteCount) {
  VkMappedMemoryRange range = kalsae_mapped_range(memory, offset, byteCount);
  return vkFlushMappedMemoryRanges(device, 1, &range);
}

static inline VkResult kalsae_invalidate(VkDevice device, VkDeviceMemory memory, uint64_t offset, uint64_t byteCount) {
  VkMappedMemoryRange range = kalsae_mapped_range(memory, offset, byteCount);
  return vkInvalidateMappedMemoryRanges(device, 1, &range);
}

static inline VkResult kalsae_create_pipeline_cache(
    VkDevice device, const void *bytes, size_t byteCount, VkPipelineCache *cache) {
  VkPipelineCacheCreateInfo info = {VK_STRUCTURE_TYPE_PIPELINE_CACHE_CREATE_INFO};
  info.initialDataSize = byteCount;
  info.pInitialData = bytes;
  return vkCreatePipelineCache(device, &info, NULL, cache);
}
