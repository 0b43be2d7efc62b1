import Foundation
import GPU
import Testing

/// Opens the best device with validation, runs `body`, closes everything, and expects that validation said nothing at all.
///
/// The messages of the end are heard too: an object that is still alive when its device goes is one.
func withDevice(
  _ options: DeviceOptions = DeviceOptions(auditsHazards: true, pipelineCacheDirectory: nil),
  _ body: (Device) throws -> Void
) throws {
  let log = try runOnDevice(options, body)
  #expect(log.messages == [])
}

/// The same without the expectation; everything is closed when this returns.
func runOnDevice(_ options: DeviceOptions, _ body: (Device) throws -> Void) throws -> MessageLog {
  let instance = try Instance(InstanceOptions(validation: true))
  let physical = try testDevice(instance)
  try body(try Device(physical, instance: instance, options: options))
  return instance.messageLog
}

/// The device that tests run on: `KALSAE_DEVICE`, else the best one.
func testDevice(_ instance: Instance) throws -> PhysicalDevice {
  let request = ProcessInfo.processInfo.environment["KALSAE_DEVICE"]
  return try DeviceSelection.choose(from: try instance.physicalDevices(), request: request).device
}

extension PipelineDescription {
  static func affine(scale: UInt32 = 1, workgroup: UInt32 = 8) -> PipelineDescription {
    PipelineDescription(
      label: "affine", spirv: TestShader.affine, bindingCount: 2, pushConstantByteCount: 8,
      specialization: [0: workgroup, 1: scale])
  }

  static let increment = PipelineDescription(label: "increment", spirv: TestShader.increment, bindingCount: 1)
}

/// The little-endian bytes of `words`.
func bytes(_ words: [UInt32]) -> [UInt8] {
  words.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> UInt32(8 * $0)) } }
}

/// The words in little-endian `bytes`.
func words(_ bytes: [UInt8]) -> [UInt32] {
  stride(from: 0, to: bytes.count, by: 4).map { start in
    (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[start + $1]) << UInt32(8 * $1) }
  }
}
