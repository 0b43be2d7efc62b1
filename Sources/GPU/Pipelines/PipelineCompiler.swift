/// A device that compiles and does nothing else.
///
/// It has neither queue nor memory, so that Mesa's devices without hardware will do.
package final class PipelineCompiler: Sendable {
  package let physical: PhysicalDevice
  private let logical: LogicalDevice

  /// - Throws: `GPUError` where the device is rejected or the driver refuses.
  package init(
    _ physical: PhysicalDevice, instance: Instance, options: DeviceOptions = DeviceOptions()
  ) throws(GPUError) {
    self.physical = physical
    var options = options
    options.capturesPipelineStatistics = true
    logical = try LogicalDevice(physical, instance: instance, options: options)
  }

  /// Compiles a shader anew; its `statistics` and `texts` are captured where the driver can.
  package func compile(_ description: PipelineDescription) throws(GPUError) -> Pipeline {
    try Pipeline(logical, description, cache: nil)
  }
}
