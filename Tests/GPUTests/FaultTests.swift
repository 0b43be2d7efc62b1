import Foundation
import GPU
import Synchronization
import Testing

@Suite(.serialized) struct FaultTests {
  /// Counts the calls that can fail and plants one result at one of them.
  private final class Plan: Sendable {
    private let count = Mutex(0)
    private let position: Int
    private let result: VulkanResult?

    init(at position: Int, _ result: VulkanResult?) {
      self.position = position
      self.result = result
    }

    var callCount: Int { count.withLock { $0 } }

    func answer() -> VulkanResult? {
      count.withLock { count in
        defer { count += 1 }
        return count == position ? result : nil
      }
    }
  }

  /// A little of everything.
  private static func scenario(_ device: Device) throws {
    let source = try device.allocate(byteCount: 256, memory: .hostVisible, label: "source")
    let target = try device.allocate(byteCount: 256, memory: .device, label: "target")
    try device.write(source.slice, bytes: bytes((0..<64).map { UInt32($0) }))
    let pipeline = try device.makePipeline(.affine())
    var recording = try device.makeRecording(label: "scenario", timestampSpacing: 1)
    try recording.dispatch(
      pipeline, bindings: [Binding(source.slice, .read), Binding(target.slice, .write)], pushConstants: bytes([64, 1]),
      groups: (x: 8, y: 1, z: 1), label: "affine")
    let executable = try recording.finish().submit(repeatCount: 2).wait()
    _ = try executable.timings()
    #expect(words(try device.read(target.slice)) == (1...64).map { UInt32($0) })
  }

  private static func options(_ plan: Plan) -> DeviceOptions {
    DeviceOptions(
      guardByteCount: 256, auditsHazards: true, pipelineCacheDirectory: nil, mapsDeviceMemory: false,
      intercept: { _ in plan.answer() })
  }

  /// Each call that can fail fails in turn: always one typed error, never a leak, never a misuse.
  @Test func everyCallMayFail() throws {
    let dry = Plan(at: -1, nil)
    try withDevice(Self.options(dry), Self.scenario)
    #expect(dry.callCount > 30)
    for position in 0..<dry.callCount {
      let result = [VulkanResult.outOfDeviceMemory, .deviceLost, .outOfHostMemory, .initializationFailed][position % 4]
      let plan = Plan(at: position, result)
      let instance = try Instance(InstanceOptions(validation: true))
      let physical = try testDevice(instance)
      do {
        try Self.scenario(try Device(physical, instance: instance, options: Self.options(plan)))
        Issue.record("\(result) at call \(position) went unnoticed")
      } catch let error as GPUError {
        switch result {
        case .deviceLost: #expect(error.kind == .deviceLost)
        case .outOfDeviceMemory, .outOfHostMemory:
          guard case .outOfMemory = error.kind else {
            Issue.record("\(result) at call \(position) became \(error)")
            continue
          }
        default:
          guard case .vulkan(result, _) = error.kind else {
            Issue.record("\(result) at call \(position) became \(error)")
            continue
          }
        }
      }
      #expect(instance.validationMessages == [], "\(result) at call \(position)")
    }
  }

  @Test func lossIsSticky() throws {
    let isArmed = Mutex(false)
    let options = DeviceOptions(
      pipelineCacheDirectory: nil,
      intercept: { call in call == "vkQueueSubmit2" && isArmed.withLock { $0 } ? .deviceLost : nil })
    try withDevice(options) { device in
      let buffer = try device.allocate(byteCount: 64, memory: .device, label: "b")
      try device.fill(buffer.slice, word: 1)
      isArmed.withLock { $0 = true }
      #expect(throws: GPUError.self) { try device.fill(buffer.slice, word: 2) }
      isArmed.withLock { $0 = false }
      #expect(device.isLost)
      let error = #expect(throws: GPUError.self) { try device.fill(buffer.slice, word: 3) }
      #expect(error?.kind == .deviceLost && error?.losesDevice == true)
      #expect(throws: GPUError.self) { try device.allocate(byteCount: 64, memory: .device, label: "c") }
    }
    try withDevice(DeviceOptions(pipelineCacheDirectory: nil), Self.scenario)
  }

  @Test func hangEndsAtTheDeadline() throws {
    let options = DeviceOptions(
      deadlineNanoseconds: 1_000_000, pipelineCacheDirectory: nil,
      intercept: { $0 == "vkWaitSemaphores" ? .timeout : nil })
    try withDevice(options) { device in
      let buffer = try device.allocate(byteCount: 64, memory: .device, label: "b")
      let error = #expect(throws: GPUError.self) { try device.fill(buffer.slice, word: 2) }
      #expect(error?.kind == .deadline && error?.losesDevice == true)
      #expect(device.isLost)
    }
  }

  /// The shader is told of more elements than its target has.
  @Test(arguments: [true, false])
  func guardsCatchAnOverrun(mapped: Bool) throws {
    let options = DeviceOptions(guardByteCount: 1024, pipelineCacheDirectory: nil, mapsDeviceMemory: mapped)
    try withDevice(options) { device in
      let source = try device.allocate(byteCount: 512, memory: .device, label: "source")
      let target = try device.allocate(byteCount: 200, memory: .device, label: "target")
      try device.fill(source.slice, word: 5)
      let pipeline = try device.makePipeline(.affine())
      let violation = GuardViolation(label: "target", offset: 200, overwrittenByteCount: 4)
      for (count, expected) in [(UInt32(50), []), (51, [violation])] {
        var recording = try device.makeRecording(label: "overrun")
        try recording.dispatch(
          pipeline, bindings: [Binding(source.slice, .read), Binding(target.slice, .write)],
          pushConstants: bytes([count, 1]), groups: (x: 16, y: 1, z: 1), label: "affine")
        _ = try recording.finish().submit().wait()
        #expect(try device.checkGuards() == expected)
      }
      #expect(words(try device.read(target.slice)) == Array(repeating: 6, count: 50))
      let fresh = try device.allocate(byteCount: 8, memory: .device, label: "fresh")
      let other = try device.allocate(byteCount: 8, memory: .device, label: "other")
      let patterns = try [fresh, other].map { words(try device.read($0.slice)) }
      #expect(patterns[0] != patterns[1], "copying from one guard to another would go unseen")
      for word in patterns.joined() {
        #expect(Float(bitPattern: word).isNaN && Float(bitPattern: word << 16).isNaN)
        #expect([word, word >> 16].allSatisfy { Float16(bitPattern: UInt16(truncatingIfNeeded: $0)).isNaN })
      }
    }
  }

  /// Validation is really on: a pipeline whose layout lacks a binding that its shader uses is reported.
  @Test func validationCatchesAMisuse() throws {
    let log = try runOnDevice(DeviceOptions(pipelineCacheDirectory: nil)) { device in
      var description = PipelineDescription.affine()
      description.bindingCount = 1
      _ = try? device.makePipeline(description)
    }
    #expect(log.messages.contains { $0.contains("VUID") })
  }

  @Test func auditorStopsARecording() throws {
    try withDevice { device in
      let buffer = try device.allocate(byteCount: 64, memory: .device, label: "b")
      let pipeline = try device.makePipeline(.increment)
      var recording = try device.makeRecording(label: "planted")
      for index in 0..<3 {
        try recording.dispatch(
          pipeline, bindings: [Binding(buffer.slice, .readWrite)], pushConstants: [], groups: (x: 1, y: 1, z: 1),
          label: "d\(index)")
      }
      recording.removeBarrier(before: 2)
      do throws(GPUError) {
        _ = try recording.finish()
        Issue.record("accepted")
      } catch {
        #expect(error.kind == .hazard)
        #expect(error.description.contains("d1") && error.description.contains("d2"))
      }
    }
  }
}
