/// What one step of a program took.
package struct StepTiming: Codable, Hashable, Sendable {
  /// As the program calls it, such as `layers.3.attention`.
  package var name: String
  package var kernel: String
  package var work: DeviceWork

  package init(name: String, kernel: String, work: DeviceWork) {
    self.name = name
    self.kernel = kernel
    self.work = work
  }
}
