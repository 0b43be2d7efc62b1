#pragma once
#include <string.h>
#include <vulkan/vulkan.h>

// `bindingCount` storage buffers in set 0, for the compute stage.
static inline VkResult kalsae_create_set_layout(VkDevice device, uint32_t bindingCount, VkDescriptorSetLayout *layout) {
  VkDescriptorSetLayoutBinding bindings[64];
  if (bindingCount > 64) return VK_ERROR_TOO_MANY_OBJECTS;
  memset(bindings, 0, sizeof bindings);
  for (uint32_t i = 0; i < bindingCount; i++) {
    bindings[i].binding = i;
    bindings[i].descriptorType = VK_DESCRIPTOR_TYPE_STORAGE_BUFFER;
    bindings[i].descriptorCount = 1;
    bindings[i].stageFlags = VK_SHADER_STAGE_COMPUTE_BIT;
  }
  VkDescriptorSetLayoutCreateInfo info = {VK_STRUCTURE_TYPE_DESCRIPTOR_SET_LAYOUT_CREATE_INFO};
  info.bindingCount = bindingCount;
  info.pBindings = bindings;
  return vkCreateDescriptorSetLayout(device, &info, NULL, layout);
}

static inline VkResult kalsae_create_pipeline_layout(
    VkDevice device, VkDescriptorSetLayout set, uint32_t pushConstantByteCount, VkPipelineLayout *layout) {
  VkPushConstantRange range = {VK_SHADER_STAGE_COMPUTE_BIT, 0, pushConstantByteCount};
  VkPipelineLayoutCreateInfo info = {VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO};
  info.setLayoutCount = 1;
  info.pSetLayouts = &set;
  info.pushConstantRangeCount = pushConstantByteCount > 0 ? 1 : 0;
  info.pPushConstantRanges = &range;
  return vkCreatePipelineLayout(device, &info, NULL, layout);
}

static inline VkResult kalsae_create_shader_module(
    VkDevice device, const uint32_t *words, size_t wordCount, VkShaderModule *module) {
  VkShaderModuleCreateInfo info = {VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO};
  info.codeSize = wordCount * 4;
  info.pCode = words;
  return vkCreateShaderModule(device, &info, NULL, module);
}

// One compute pipeline, entry point "main". Constant i has id ids[i] and value values[i]; requiredSubgroupSize 0 leaves
// the size to the driver; with `capturesStatistics` kalsae_pipeline_statistics and kalsae_pipeline_texts have answers.
static inline VkResult kalsae_create_compute_pipeline(
    VkDevice device, VkPipelineCache cache, VkShaderModule module, VkPipelineLayout layout, const uint32_t *ids,
    const uint32_t *values, uint32_t constantCount, uint32_t requiredSubgroupSize, VkBool32 fullSubgroups,
    VkBool32 capturesStatistics, VkPipeline *pipeline) {
  VkSpecializationMapEntry entries[64];
  if (constantCount > 64) return VK_ERROR_TOO_MANY_OBJECTS;
  for (uint32_t i = 0; i < constantCount; i++) {
    entries[i].constantID = ids[i];
    entries[i].offset = i * 4;
    entries[i].size = 4;
  }
  VkSpecializationInfo constants = {constantCount, entries, (size_t)constantCount * 4, values};
  VkPipelineShaderStageRequiredSubgroupSizeCreateInfo size = {
      VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_REQUIRED_SUBGROUP_SIZE_CREATE_INFO};
  size.requiredSubgroupSize = requiredSubgroupSize;
  VkComputePipelineCreateInfo info = {VK_STRUCTURE_TYPE_COMPUTE_PIPELINE_CREATE_INFO};
  if (capturesStatistics) {
    info.flags = VK_PIPELINE_CREATE_CAPTURE_STATISTICS_BIT_KHR |
                 VK_PIPELINE_CREATE_CAPTURE_INTERNAL_REPRESENTATIONS_BIT_KHR;
  }
  info.stage.sType = VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO;
  info.stage.pNext = requiredSubgroupSize > 0 ? &size : NULL;
  info.stage.flags = fullSubgroups ? VK_PIPELINE_SHADER_STAGE_CREATE_REQUIRE_FULL_SUBGROUPS_BIT : 0;
  info.stage.stage = VK_SHADER_STAGE_COMPUTE_BIT;
  info.stage.module = module;
  info.stage.pName = "main";
  info.stage.pSpecializationInfo = constantCount > 0 ? &constants : NULL;
  info.layout = layout;
  return vkCreateComputePipelines(device, cache, 1, &info, NULL, pipeline);
}

static inline VkResult kalsae_create_descriptor_pool(
    VkDevice device, uint32_t setCount, uint32_t descriptorCount, VkDescriptorPool *pool) {
  VkDescriptorPoolSize size = {VK_DESCRIPTOR_TYPE_STORAGE_BUFFER, descriptorCount};
  VkDescriptorPoolCreateInfo info = {VK_STRUCTURE_TYPE_DESCRIPTOR_POOL_CREATE_INFO};
  info.maxSets = setCount;
  info.poolSizeCount = 1;
  info.pPoolSizes = &size;
  return vkCreateDescriptorPool(device, &info, NULL, pool);
}

static inline VkResult kalsae_allocate_set(
    VkDevice device, VkDescriptorPool pool, VkDescriptorSetLayout layout, VkDescriptorSet *set) {
  VkDescriptorSetAllocateInfo info = {VK_STRUCTURE_TYPE_DESCRIPTOR_SET_ALLOCATE_INFO};
  info.descriptorPool = pool;
  info.descriptorSetCount = 1;
  info.pSetLayouts = &layout;
  return vkAllocateDescriptorSets(device, &info, set);
}

static inline void kalsae_write_binding(
    VkDevice device, VkDescriptorSet set, uint32_t binding, VkBuffer buffer, uint64_t offset, uint64_t byteCount) {
  VkDescriptorBufferInfo range = {buffer, offset, byteCount};
  VkWriteDescriptorSet write = {VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET};
  write.dstSet = set;
  write.dstBinding = binding;
  write.descriptorCount = 1;
  write.descriptorType = VK_DESCRIPTOR_TYPE_STORAGE_BUFFER;
  write.pBufferInfo = &range;
  vkUpdateDescriptorSets(device, 1, &write, 0, NULL);
}

static inline VkResult kalsae_create_command_pool(VkDevice device, uint32_t queueFamily, VkCommandPool *pool) {
  VkCommandPoolCreateInfo info = {VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO};
  info.queueFamilyIndex = queueFamily;
  return vkCreateCommandPool(device, &info, NULL, pool);
}

static inline VkResult kalsae_allocate_commands(VkDevice device, VkCommandPool pool, VkCommandBuffer *commands) {
  VkCommandBufferAllocateInfo info = {VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO};
  info.commandPool = pool;
  info.level = VK_COMMAND_BUFFER_LEVEL_PRIMARY;
  info.commandBufferCount = 1;
  return vkAllocateCommandBuffers(device, &info, commands);
}

// SIMULTANEOUS_USE: one submission may name the same commands several times.
static inline VkResult kalsae_begin_commands(VkCommandBuffer commands) {
  VkCommandBufferBeginInfo info = {VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO};
  info.flags = VK_COMMAND_BUFFER_USAGE_SIMULTANEOUS_USE_BIT;
  return vkBeginCommandBuffer(commands, &info);
}

static inline void kalsae_barrier(
    VkCommandBuffer commands, uint64_t sourceStages, uint64_t sourceAccess, uint64_t targetStages,
    uint64_t targetAccess) {
  VkMemoryBarrier2 memory = {VK_STRUCTURE_TYPE_MEMORY_BARRIER_2};
  memory.srcStageMask = sourceStages;
  memory.srcAccessMask = sourceAccess;
  memory.dstStageMask = targetStages;
  memory.dstAccessMask = targetAccess;
  VkDependencyInfo info = {VK_STRUCTURE_TYPE_DEPENDENCY_INFO};
  info.memoryBarrierCount = 1;
  info.pMemoryBarriers = &memory;
  vkCmdPipelineBarrier2(commands, &info);
}

// Everything before (compute, transfer, host) is done and visible to compute and transfer after.
static inline void kalsae_barrier_before_all(VkCommandBuffer commands) {
  kalsae_barrier(
      commands,
      VK_PIPELINE_STAGE_2_COMPUTE_SHADER_BIT | VK_PIPELINE_STAGE_2_ALL_TRANSFER_BIT | VK_PIPELINE_STAGE_2_HOST_BIT,
      VK_ACCESS_2_SHADER_WRITE_BIT | VK_ACCESS_2_TRANSFER_WRITE_BIT | VK_ACCESS_2_HOST_WRITE_BIT,
      VK_PIPELINE_STAGE_2_COMPUTE_SHADER_BIT | VK_PIPELINE_STAGE_2_ALL_TRANSFER_BIT,
      VK_ACCESS_2_SHADER_READ_BIT | VK_ACCESS_2_SHADER_WRITE_BIT | VK_ACCESS_2_TRANSFER_READ_BIT |
          VK_ACCESS_2_TRANSFER_WRITE_BIT);
}

// What ran here is visible to whatever follows: compute, transfer and reads by the host.
static inline void kalsae_barrier_after_all(VkCommandBuffer commands) {
  kalsae_barrier(
      commands, VK_PIPELINE_STAGE_2_COMPUTE_SHADER_BIT | VK_PIPELINE_STAGE_2_ALL_TRANSFER_BIT,
      VK_ACCESS_2_SHADER_WRITE_BIT | VK_ACCESS_2_TRANSFER_WRITE_BIT,
      VK_PIPELINE_STAGE_2_COMPUTE_SHADER_BIT | VK_PIPELINE_STAGE_2_ALL_TRANSFER_BIT | VK_PIPELINE_STAGE_2_HOST_BIT,
      VK_ACCESS_2_SHADER_READ_BIT | VK_ACCESS_2_SHADER_WRITE_BIT | VK_ACCESS_2_TRANSFER_READ_BIT |
          VK_ACCESS_2_TRANSFER_WRITE_BIT | VK_ACCESS_2_HOST_READ_BIT);
}

static inline void kalsae_barrier_compute(VkCommandBuffer commands) {
  kalsae_barrier(
      commands, VK_PIPELINE_STAGE_2_COMPUTE_SHADER_BIT, VK_ACCESS_2_SHADER_WRITE_BIT,
      VK_PIPELINE_STAGE_2_COMPUTE_SHADER_BIT, VK_ACCESS_2_SHADER_READ_BIT | VK_ACCESS_2_SHADER_WRITE_BIT);
}

static inline void kalsae_bind(
    VkCommandBuffer commands, VkPipeline pipeline, VkPipelineLayout layout, VkDescriptorSet set) {
  vkCmdBindPipeline(commands, VK_PIPELINE_BIND_POINT_COMPUTE, pipeline);
  vkCmdBindDescriptorSets(commands, VK_PIPELINE_BIND_POINT_COMPUTE, layout, 0, 1, &set, 0, NULL);
}

static inline void kalsae_push_constants(
    VkCommandBuffer commands, VkPipelineLayout layout, uint32_t byteCount, const void *bytes) {
  vkCmdPushConstants(commands, layout, VK_SHADER_STAGE_COMPUTE_BIT, 0, byteCount, bytes);
}

static inline void kalsae_copy(
    VkCommandBuffer commands, VkBuffer source, uint64_t sourceOffset, VkBuffer target, uint64_t targetOffset,
    uint64_t byteCount) {
  VkBufferCopy region = {sourceOffset, targetOffset, byteCount};
  vkCmdCopyBuffer(commands, source, target, 1, &region);
}

static inline VkResult kalsae_create_timestamps(VkDevice device, uint32_t count, VkQueryPool *pool) {
  VkQueryPoolCreateInfo info = {VK_STRUCTURE_TYPE_QUERY_POOL_CREATE_INFO};
  info.queryType = VK_QUERY_TYPE_TIMESTAMP;
  info.queryCount = count;
  return vkCreateQueryPool(device, &info, NULL, pool);
}

static inline void kalsae_write_timestamp(VkCommandBuffer commands, VkQueryPool pool, uint32_t index) {
  vkCmdWriteTimestamp2(commands, VK_PIPELINE_STAGE_2_COMPUTE_SHADER_BIT, pool, index);
}

// One batch: the `count` command buffers in order, then the timeline becomes `signalValue`.
static inline VkResult kalsae_submit(
    VkQueue queue, const VkCommandBufferSubmitInfo *commands, uint32_t count, VkSemaphore timeline,
    uint64_t signalValue) {
  VkSemaphoreSubmitInfo signal = {VK_STRUCTURE_TYPE_SEMAPHORE_SUBMIT_INFO};
  signal.semaphore = timeline;
  signal.value = signalValue;
  signal.stageMask = VK_PIPELINE_STAGE_2_ALL_COMMANDS_BIT;
  VkSubmitInfo2 batch = {VK_STRUCTURE_TYPE_SUBMIT_INFO_2};
  batch.commandBufferInfoCount = count;
  batch.pCommandBufferInfos = commands;
  batch.signalSemaphoreInfoCount = 1;
  batch.pSignalSemaphoreInfos = &signal;
  return vkQueueSubmit2(queue, 1, &batch, VK_NULL_HANDLE);
}

static inline VkCommandBufferSubmitInfo kalsae_submit_info(VkCommandBuffer commands) {
  VkCommandBufferSubmitInfo info = {VK_STRUCTURE_TYPE_COMMAND_BUFFER_SUBMIT_INFO};
  info.commandBuffer = commands;
  return info;
}
