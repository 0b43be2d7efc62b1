/// Where a buffer lies and who mainly touches it.
package enum MemoryPlace: Hashable, Sendable {
  /// The device's own memory: weights, activations, caches.
  case device
  /// Small, written by the processor and read by the device on every step.
  case hostVisible
  /// Written by the device and read by the processor.
  case readBack
}
