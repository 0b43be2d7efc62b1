import Foundation
package import GPU
package import ShaderCompiler
import VulkanBackend

/// The devices of this machine with what is known from measuring them, now or earlier.
package struct ProbedDevices: Sendable {
  package let devices: [PhysicalDevice]
  /// By index of the device.
  package private(set) var probes: [Int: DeviceProbe] = [:]
  /// Why a device could not be measured just now, by its index.
  package private(set) var failures: [Int: String] = [:]
  /// The folder where a probe of just now could not be written; nil where all was well.
  package private(set) var unwritten: String?
  private let kernels: KernelPack
  private let store: ProbeStore?

  /// A device that does not answer within this time counts as lost; CPU drivers are only slow.
  private static let deadlineNanoseconds: UInt64 = 5_000_000_000

  /// With the probes that `store` has; without one nothing is kept.
  package init(_ devices: [PhysicalDevice], kernels: KernelPack, store: ProbeStore? = .usual) {
    self.devices = devices
    self.kernels = kernels
    self.store = store
    for device in devices {
      probes[device.index] = store?.probe(of: ProbeIdentity(device, kernels: kernels))
    }
  }

  /// What the choice among the devices needs.
  package var verdicts: [Int: ProbeVerdict] {
    let failed = failures.mapValues { ProbeVerdict.failed($0) }
    return probes.mapValues { probe in
      probe.isRight ? .right(readBytesPerSecond: probe.readBytesPerSecond) : .wrong(probe.faults.first ?? "")
    }.merging(failed) { known, _ in known }
  }

  /// Those that must be measured before the fastest can be chosen: none where there is no choice, or no place to keep what
  /// was found.
  package var missing: [PhysicalDevice] {
    let usable = devices.filter { $0.rejection == nil }
    guard store != nil, usable.count > 1 else { return [] }
    return usable.filter { probes[$0.index] == nil && failures[$0.index] == nil }
  }

  /// Measures a device and keeps what was found; what goes wrong becomes its failure.
  package mutating func probe(_ device: PhysicalDevice, instance: Instance) async {
    probes[device.index] = nil
    failures[device.index] = nil
    do {
      let options = DeviceOptions(deadlineNanoseconds: Self.deadlineNanoseconds)
      // An index of one or two digits names nothing else.
      let backend = try VulkanBackend(request: "\(device.index)", instance: instance, options: options, pack: kernels)
      let probe = try await DeviceProber(backend).probe(date: Self.today)
      probes[device.index] = probe
      if let store, !store.keep(probe, of: ProbeIdentity(device, kernels: kernels)) { unwritten = store.folder }
    } catch {
      failures[device.index] = "\(error)"
    }
  }

  private static var today: String { Date.now.formatted(.iso8601.year().month().day()) }
}
