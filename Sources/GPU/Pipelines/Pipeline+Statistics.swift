internal import CVulkan

extension Pipeline {
  /// What the driver's compiler tells of this pipeline; empty without `DeviceOptions.capturesPipelineStatistics`, and
  /// where the device lacks VK_KHR_pipeline_executable_properties.
  package func statistics() throws(GPUError) -> [PipelineStatistic] {
    var found: [PipelineStatistic] = []
    for (executable, prefix) in try executables() {
      var count: UInt32 = 0
      try device.call("vkGetPipelineExecutableStatisticsKHR") {
        kalsae_pipeline_statistics(device.raw, handle.raw, executable, &count, nil)
      }
      var list = [VkPipelineExecutableStatisticKHR](repeating: VkPipelineExecutableStatisticKHR(), count: Int(count))
      try device.call("vkGetPipelineExecutableStatisticsKHR") {
        kalsae_pipeline_statistics(device.raw, handle.raw, executable, &count, &list)
      }
      found += list.prefix(Int(count)).map { Self.statistic($0, prefix: prefix) }
    }
    return found
  }

  /// The pipeline as the driver's compiler held it, the last one usually in the device's instructions; empty where
  /// `statistics` is.
  package func texts() throws(GPUError) -> [PipelineText] {
    var found: [PipelineText] = []
    for (executable, prefix) in try executables() {
      var count: UInt32 = 0
      try askForTexts(executable, &count, nil, nil)
      var list = [Representation](repeating: Representation(), count: Int(count))
      try askForTexts(executable, &count, &list, nil)
      var bytes = [UInt8](repeating: 0, count: list.reduce(0) { $0 + $1.dataSize })
      try askForTexts(executable, &count, &list, &bytes)
      var offset = 0
      for entry in list.prefix(Int(count)) {
        // The driver ends a text with a zero byte.
        let own = bytes[offset..<(offset + entry.dataSize)].prefix { $0 != 0 }
        offset += entry.dataSize
        guard entry.isText != 0 else { continue }
        found.append(PipelineText(name: prefix + text(entry.name), text: String(decoding: own, as: UTF8.self)))
      }
    }
    return found
  }

  private typealias Representation = VkPipelineExecutableInternalRepresentationKHR

  private func askForTexts(
    _ executable: UInt32, _ count: inout UInt32, _ list: UnsafeMutablePointer<Representation>?,
    _ bytes: UnsafeMutablePointer<UInt8>?
  ) throws(GPUError) {
    try device.call("vkGetPipelineExecutableInternalRepresentationsKHR") {
      kalsae_pipeline_texts(device.raw, handle.raw, executable, &count, list, bytes)
    }
  }

  /// The parts that the driver made of the shader, mostly one; of several each has its name before those of its figures.
  private func executables() throws(GPUError) -> [(index: UInt32, prefix: String)] {
    guard device.capturesPipelineStatistics else { return [] }
    var count: UInt32 = 0
    try device.call("vkGetPipelineExecutablePropertiesKHR") {
      kalsae_pipeline_executables(device.raw, handle.raw, &count, nil)
    }
    var list = [VkPipelineExecutablePropertiesKHR](repeating: VkPipelineExecutablePropertiesKHR(), count: Int(count))
    try device.call("vkGetPipelineExecutablePropertiesKHR") {
      kalsae_pipeline_executables(device.raw, handle.raw, &count, &list)
    }
    return list.prefix(Int(count)).enumerated().map { index, executable in
      (UInt32(index), count == 1 ? "" : "\(text(executable.name)): ")
    }
  }

  private static func statistic(
    _ from: VkPipelineExecutableStatisticKHR, prefix: String
  ) -> PipelineStatistic {
    let value: PipelineStatistic.Value =
      switch from.format {
      case VK_PIPELINE_EXECUTABLE_STATISTIC_FORMAT_BOOL32_KHR: .integer(from.value.b32 == 0 ? 0 : 1)
      case VK_PIPELINE_EXECUTABLE_STATISTIC_FORMAT_INT64_KHR: .integer(Int(from.value.i64))
      case VK_PIPELINE_EXECUTABLE_STATISTIC_FORMAT_UINT64_KHR:
        Int(exactly: from.value.u64).map { .integer($0) } ?? .double(Double(from.value.u64))
      default: .double(from.value.f64)
      }
    return PipelineStatistic(name: prefix + text(from.name), value: value, explanation: text(from.description))
  }
}
