import Ops
import VulkanBackend

/// A kernel with its default tuning alone: most of the time of a validation goes into compiling the others.
struct UntunedKernel: Kernel {
  let base: any Kernel

  var file: String { base.file }
  var operation: any Operation.Type { base.operation }
  func suits(_ profile: DeviceProfile) -> Bool { base.suits(profile) }
  func tuning(for request: LaunchRequest) -> Tuning { base.tuning(for: request) }
  func launches(for request: LaunchRequest, tuning: Tuning) -> [Launch]? {
    base.launches(for: request, tuning: tuning)
  }
}
