internal import CVulkan
import Synchronization

/// The compute queue, its timeline, and the objects that must live until the device is done with them.
///
/// Every submission gets the next value of the timeline. All methods may be called from any thread.
final class Queue: Sendable {
  /// Anything that destroys its Vulkan object when the last reference goes.
  typealias Resource = any AnyObject & Sendable

  private struct State: Sendable {
    var submitted: UInt64 = 0
    var completed: UInt64 = 0
    var retired: [(value: UInt64, resources: [Resource])] = []
  }

  let device: LogicalDevice
  private let handle: Handle<QueueObject>
  private let timeline: Handle<SemaphoreObject>
  private let state = Mutex(State())

  /// A hang is noticed at the latest this long after the deadline.
  private static let sliceNanoseconds: UInt64 = 250_000_000

  init(_ device: LogicalDevice) throws(GPUError) {
    self.device = device
    var queue: VkQueue?
    vkGetDeviceQueue(device.raw, device.physical.computeQueueFamily, 0, &queue)
    handle = try Handle(queue, from: "vkGetDeviceQueue")
    var semaphore: VkSemaphore?
    try device.call("vkCreateSemaphore") { kalsae_create_timeline(device.raw, &semaphore) }
    timeline = try Handle(semaphore, from: "vkCreateSemaphore")
  }

  deinit {
    let submitted = state.withLock { $0.submitted }
    if submitted > 0, !device.isLost { try? wait(for: submitted) }
    let retired = state.withLock { state in
      defer { state.retired = [] }
      return state.retired
    }
    if device.isLost {
      // A lost device ends what it was doing by itself; one that hangs does not, and nothing of it may be touched.
      if case .success? = try? rawWait(submitted, nanoseconds: Self.sliceNanoseconds) {} else { device.abandon() }
    }
    withExtendedLifetime(retired) {}
    guard !device.isGivenUp else { return }
    vkDestroySemaphore(device.raw, timeline.raw, nil)
  }

  /// The value of the last submission; 0 before the first.
  var lastValue: UInt64 { state.withLock { $0.submitted } }

  /// Submits `commands`, `repeatCount` times in a row, and returns the value that the timeline gets when they are done.
  ///
  /// The commands begin and end with barriers, so that submissions on this queue see each other's results.
  func submit(_ commands: Handle<CommandsObject>, repeatCount: Int = 1) throws(GPUError) -> UInt64 {
    let result: Result<UInt64, GPUError> = state.withLock { state in
      let value = state.submitted + 1
      do throws(GPUError) {
        try device.call("vkQueueSubmit2") {
          withUnsafeTemporaryAllocation(of: VkCommandBufferSubmitInfo.self, capacity: repeatCount) { batch in
            batch.initialize(repeating: kalsae_submit_info(commands.raw))
            return kalsae_submit(handle.raw, batch.baseAddress, UInt32(batch.count), timeline.raw, value)
          }
        }
        state.submitted = value
        return .success(value)
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }

  /// Blocks the thread until the timeline has reached `value`.
  ///
  /// - Throws: `.deadline` or `.deviceLost`; the device counts as lost after either.
  func wait(for value: UInt64) throws(GPUError) {
    guard state.withLock({ $0.completed < value }) else { return }
    let clock = ContinuousClock()
    let end = clock.now.advanced(by: .nanoseconds(Int64(clamping: device.options.deadlineNanoseconds)))
    while true {
      let left = clock.now.duration(to: end)
      let slice = min(Self.sliceNanoseconds, left.nanosecondsOrZero)
      switch try device.answer("vkWaitSemaphores", { rawWaitCall(value, nanoseconds: slice) }) {
      case .success:
        complete(value)
        return
      case .timeout:
        guard clock.now >= end else { continue }
        let seconds = Double(device.options.deadlineNanoseconds) / 1e9
        let error = GPUError(
          .deadline, "\(device.physical.name) did not finish its work within \(seconds) s and counts as lost")
        device.declareLost(error)
        throw error
      case let other:
        throw .failed(other, call: "vkWaitSemaphores", device: device.physical.name)
      }
    }
  }

  /// Blocks until everything submitted so far is done.
  func waitForAll() throws(GPUError) { try wait(for: lastValue) }

  /// Keeps `resources` alive until the timeline has reached `value`.
  func retire(_ resources: [Resource], after value: UInt64) {
    state.withLock { state in
      if state.completed < value { state.retired.append((value, resources)) }
    }
  }

  private func complete(_ value: UInt64) {
    // Let go outside the lock: the end of a resource may retire others.
    let done = state.withLock { state in
      state.completed = max(state.completed, value)
      let completed = state.completed
      let done = state.retired.filter { $0.value <= completed }
      state.retired.removeAll { $0.value <= completed }
      return done
    }
    withExtendedLifetime(done) {}
  }

  private func rawWaitCall(_ value: UInt64, nanoseconds: UInt64) -> VkResult {
    // Where it checks accesses, the validation layer (1.3.239) loses track of timelines and stops each wait for 10 s.
    if device.instance.checksAccesses { return state.withLock { _ in vkQueueWaitIdle(handle.raw) } }
    return kalsae_wait_timeline(device.raw, timeline.raw, value, nanoseconds)
  }

  /// A wait that is made although the device is lost.
  private func rawWait(_ value: UInt64, nanoseconds: UInt64) throws(GPUError) -> VulkanResult {
    guard value > 0 else { return .success }
    let result = VulkanResult(code: rawWaitCall(value, nanoseconds: nanoseconds).rawValue)
    return result == .deviceLost ? .success : result
  }
}

extension Duration {
  /// Whole nanoseconds, 0 where it is negative.
  var nanosecondsOrZero: UInt64 {
    let (seconds, attoseconds) = components
    guard seconds >= 0, attoseconds >= 0 else { return 0 }
    return UInt64(seconds) * 1_000_000_000 + UInt64(attoseconds / 1_000_000_000)
  }
}
