/// How the Vulkan loader is opened.
package struct InstanceOptions: Sendable {
  /// Loads the Khronos validation layer and collects what it says.
  package var validation = false
  /// Lets that layer also look for missing barriers.
  package var synchronizationValidation = false
  /// Lets that layer also check every access of a shader against its buffer, on the device.
  package var gpuAssistedValidation = false
  /// Called with each message, on the thread of the call that caused it.
  package var onMessage: (@Sendable (String) -> Void)?

  package init(
    validation: Bool = false, synchronizationValidation: Bool = false, gpuAssistedValidation: Bool = false,
    onMessage: (@Sendable (String) -> Void)? = nil
  ) {
    self.validation = validation
    self.synchronizationValidation = synchronizationValidation
    self.gpuAssistedValidation = gpuAssistedValidation
    self.onMessage = onMessage
  }
}
