internal import CVulkan

/// A compiled compute shader.
package final class Pipeline: Sendable {
  package let label: String
  package let bindingCount: Int
  package let pushConstantByteCount: Int
  /// How long the driver took to compile it, or to find it in the cache.
  package let creationNanoseconds: UInt64
  let device: LogicalDevice
  let handle: Handle<PipelineObject>
  let layout: Handle<PipelineLayoutObject>
  let setLayout: Handle<SetLayoutObject>

  init(
    _ device: LogicalDevice, _ description: PipelineDescription, cache: Handle<PipelineCacheObject>?
  ) throws(GPUError) {
    try Self.check(description, device.physical)
    let start = ContinuousClock.now
    var setLayout: VkDescriptorSetLayout?
    try device.call("vkCreateDescriptorSetLayout") {
      kalsae_create_set_layout(device.raw, UInt32(description.bindingCount), &setLayout)
    }
    let setHandle = try Handle<SetLayoutObject>(setLayout, from: "vkCreateDescriptorSetLayout")
    do throws(GPUError) {
      layout = try Self.makeLayout(device, setHandle, description)
    } catch {
      vkDestroyDescriptorSetLayout(device.raw, setHandle.raw, nil)
      throw error
    }
    do throws(GPUError) {
      handle = try Self.compile(device, description, layout: layout, cache: cache)
    } catch {
      vkDestroyPipelineLayout(device.raw, layout.raw, nil)
      vkDestroyDescriptorSetLayout(device.raw, setHandle.raw, nil)
      throw error
    }
    self.setLayout = setHandle
    self.device = device
    label = description.label
    bindingCount = description.bindingCount
    pushConstantByteCount = description.pushConstantByteCount
    creationNanoseconds = start.duration(to: .now).nanosecondsOrZero
    device.setName(label, of: handle.raw, type: VK_OBJECT_TYPE_PIPELINE)
  }

  deinit {
    guard !device.isGivenUp else { return }
    vkDestroyPipeline(device.raw, handle.raw, nil)
    vkDestroyPipelineLayout(device.raw, layout.raw, nil)
    vkDestroyDescriptorSetLayout(device.raw, setLayout.raw, nil)
  }

  private static func check(_ description: PipelineDescription, _ physical: PhysicalDevice) throws(GPUError) {
    let (label, magic, headerWordCount, mostConstants) = (description.label, UInt32(0x0723_0203), 5, 64)
    guard description.spirv.count > headerWordCount, description.spirv[0] == magic else {
      throw .invalid("\(label) is not SPIR-V")
    }
    guard (0...physical.maximumBindingCount).contains(description.bindingCount) else {
      throw .invalid(
        "\(label) has \(description.bindingCount) bindings, \(physical.name) takes \(physical.maximumBindingCount)")
    }
    let pushed = description.pushConstantByteCount
    guard pushed % 4 == 0, (0...physical.maximumPushConstantByteCount).contains(pushed) else {
      throw .invalid(
        "\(label) has \(pushed) bytes of push constants; a multiple of 4 up to "
          + "\(physical.maximumPushConstantByteCount) is possible on \(physical.name)")
    }
    guard description.specialization.count <= mostConstants else {
      throw .invalid("\(label) sets \(description.specialization.count) constants, \(mostConstants) are possible")
    }
    if let size = description.subgroupSize {
      guard physical.subgroupSizeRange.contains(size), size.nonzeroBitCount == 1 else {
        throw .invalid(
          "\(label) needs subgroups of \(size), \(physical.name) has \(physical.subgroupSizeRange.lowerBound) to "
            + "\(physical.subgroupSizeRange.upperBound)")
      }
    }
  }

  private static func makeLayout(
    _ device: LogicalDevice, _ set: Handle<SetLayoutObject>, _ description: PipelineDescription
  ) throws(GPUError) -> Handle<PipelineLayoutObject> {
    var layout: VkPipelineLayout?
    try device.call("vkCreatePipelineLayout") {
      kalsae_create_pipeline_layout(device.raw, set.raw, UInt32(description.pushConstantByteCount), &layout)
    }
    return try Handle(layout, from: "vkCreatePipelineLayout")
  }

  private static func compile(
    _ device: LogicalDevice, _ description: PipelineDescription, layout: Handle<PipelineLayoutObject>,
    cache: Handle<PipelineCacheObject>?
  ) throws(GPUError) -> Handle<PipelineObject> {
    var module: VkShaderModule?
    try device.call("vkCreateShaderModule") {
      kalsae_create_shader_module(device.raw, description.spirv, description.spirv.count, &module)
    }
    defer { vkDestroyShaderModule(device.raw, module, nil) }
    let constants = description.specialization.sorted { $0.key < $1.key }
    let features = device.physical.features
    let isFull = description.subgroupSize != nil && features.computeFullSubgroups
    let demandedSize = features.subgroupSizeControl ? description.subgroupSize ?? 0 : 0
    let captures = device.capturesPipelineStatistics
    var pipeline: VkPipeline?
    try device.call("vkCreateComputePipelines") {
      kalsae_create_compute_pipeline(
        device.raw, cache?.raw, module, layout.raw, constants.map(\.key), constants.map(\.value),
        UInt32(constants.count), UInt32(demandedSize), VkBool32(isFull ? VK_TRUE : VK_FALSE),
        VkBool32(captures ? VK_TRUE : VK_FALSE), &pipeline)
    }
    return try Handle(pipeline, from: "vkCreateComputePipelines")
  }
}
