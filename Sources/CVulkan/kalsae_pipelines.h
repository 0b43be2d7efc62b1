#pragma once
#include <string.h>
#include <vulkan/vulkan.h>
// What a driver tells about a pipeline that it compiled (VK_KHR_pipeline_executable_properties). Each function fills at
// most *count entries and sets *count to their number; called with NULL it only counts.

static inline VkResult kalsae_pipeline_executables(
    VkDevice device, VkPipeline pipeline, uint32_t *count, VkPipelineExecutablePropertiesKHR *executables) {
  PFN_vkGetPipelineExecutablePropertiesKHR get =
      (PFN_vkGetPipelineExecutablePropertiesKHR)vkGetDeviceProcAddr(device, "vkGetPipelineExecutablePropertiesKHR");
  if (!get) return VK_ERROR_EXTENSION_NOT_PRESENT;
  for (uint32_t i = 0; executables && i < *count; i++) {
    memset(&executables[i], 0, sizeof executables[i]);
    executables[i].sType = VK_STRUCTURE_TYPE_PIPELINE_EXECUTABLE_PROPERTIES_KHR;
  }
  VkPipelineInfoKHR info = {VK_STRUCTURE_TYPE_PIPELINE_INFO_KHR};
  info.pipeline = pipeline;
  return get(device, &info, count, executables);
}

static inline VkPipelineExecutableInfoKHR kalsae_executable_info(VkPipeline pipeline, uint32_t executable) {
  VkPipelineExecutableInfoKHR info = {VK_STRUCTURE_TYPE_PIPELINE_EXECUTABLE_INFO_KHR};
  info.pipeline = pipeline;
  info.executableIndex = executable;
  return info;
}

static inline VkResult kalsae_pipeline_statistics(
    VkDevice device, VkPipeline pipeline, uint32_t executable, uint32_t *count,
    VkPipelineExecutableStatisticKHR *statistics) {
  PFN_vkGetPipelineExecutableStatisticsKHR get =
      (PFN_vkGetPipelineExecutableStatisticsKHR)vkGetDeviceProcAddr(device, "vkGetPipelineExecutableStatisticsKHR");
  if (!get) return VK_ERROR_EXTENSION_NOT_PRESENT;
  for (uint32_t i = 0; statistics && i < *count; i++) {
    memset(&statistics[i], 0, sizeof statistics[i]);
    statistics[i].sType = VK_STRUCTURE_TYPE_PIPELINE_EXECUTABLE_STATISTIC_KHR;
  }
  VkPipelineExecutableInfoKHR info = kalsae_executable_info(pipeline, executable);
  return get(device, &info, count, statistics);
}

// The texts themselves lie in `bytes`, one behind the other, each with room for its dataSize of the call before; the
// first call passes `texts` zeroed, and bytes NULL asks for sizes alone.
static inline VkResult kalsae_pipeline_texts(
    VkDevice device, VkPipeline pipeline, uint32_t executable, uint32_t *count,
    VkPipelineExecutableInternalRepresentationKHR *texts, uint8_t *bytes) {
  PFN_vkGetPipelineExecutableInternalRepresentationsKHR get =
      (PFN_vkGetPipelineExecutableInternalRepresentationsKHR)vkGetDeviceProcAddr(
          device, "vkGetPipelineExecutableInternalRepresentationsKHR");
  if (!get) return VK_ERROR_EXTENSION_NOT_PRESENT;
  size_t offset = 0;
  for (uint32_t i = 0; texts && i < *count; i++) {
    size_t byteCount = texts[i].dataSize;
    memset(&texts[i], 0, sizeof texts[i]);
    texts[i].sType = VK_STRUCTURE_TYPE_PIPELINE_EXECUTABLE_INTERNAL_REPRESENTATION_KHR;
    if (bytes) {
      texts[i].dataSize = byteCount;
      texts[i].pData = bytes + offset;
      offset += byteCount;
    }
  }
  VkPipelineExecutableInfoKHR info = kalsae_executable_info(pipeline, executable);
  return get(device, &info, count, texts);
}
