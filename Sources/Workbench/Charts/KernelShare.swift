/// What one kernel took in a profile, all calls together.
package struct KernelShare: Codable, Hashable, Sendable {
  /// As people know it: file, format and tuning.
  package var name: String
  package var calls: Int
  package var work: DeviceWork

  package init(name: String, calls: Int, work: DeviceWork) {
    self.name = name
    self.calls = calls
    self.work = work
  }
}
