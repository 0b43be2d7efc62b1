/// How the Vulkan loader is opened.
package struct InstanceOptions: Sendable {
  /// Loads the Khronos validation layer and collects what it says.
  package var validation = false
  /// Lets that layer also look for missing barriers.
  package var synchronizationValidation = false
  /// Called with each message, on the thread of the call that caused it.
  package var onMessage: (@Sendable (String) -> Void)?

  package init(
    validation: Bool = false, synchronizationValidation: Bool = false, onMessage: (@Sendable (String) -> Void)? = nil
  ) {
    self.validation = validation
    self.synchronizationValidation = synchronizationValidation
    self.onMessage = onMessage
  }
}
