import Foundation
package import GPU
package import ShaderCompiler
import VulkanBackend

/// The devices of this machine with what is known from measuring them, now or earlier.
package struct ProbedDevices: Sendable {
  package let devices: [PhysicalDevice]
  /// By index of the device.
  private var outcomes: [Int: ProbeOutcome] = [:]
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
      outcomes[device.index] = store?.outcome(for: ProbeIdentity(device, kernels: kernels))
    }
  }

  /// What measuring gave, by index of the device.
  package var probes: [Int: DeviceProbe] {
    outcomes.compactMapValues { if case .measured(let probe) = $0 { probe } else { nil } }
  }

  /// Why a device could not be measured, by its index.
  package var failures: [Int: String] {
    outcomes.compactMapValues { if case .failed(let reason, _) = $0 { reason } else { nil } }
  }

  /// What the choice among the devices needs.
  package var verdicts: [Int: ProbeVerdict] {
    outcomes.mapValues { outcome in
      switch outcome {
      case .measured(let probe) where probe.isRight: .right(weightBytesPerSecond: probe.weightBytesPerSecond)
      case .measured(let probe): .wrong(probe.faults.first ?? "")
      case .failed(let reason, _): .failed(reason)
      }
    }
  }

  /// Those that must be probed before `request` is answered: all that can be used where the fastest is to be chosen, and a
  /// GPU that is to be used, before it is trusted. None where there is no place to keep what was found.
  ///
  /// A CPU driver that has no rival is not asked: compiling the questions takes it longer than most answers.
  package func missing(for request: String?) -> [PhysicalDevice] {
    guard store != nil else { return [] }
    let usable = devices.filter { $0.rejection == nil }
    var subject = usable
    if !DeviceSelection.isAutomatic(request) || usable.count == 1 {
      let device = try? DeviceSelection.choose(from: devices, request: request).device
      subject = [device].compactMap(\.self).filter { $0.kind != .cpu }
    }
    return subject.filter { outcomes[$0.index] == nil }
  }

  /// Kernels that gave a wrong answer on a device and are not needed there, each with what was wrong.
  private func wrongKernels(on device: PhysicalDevice) -> [String: String] {
    switch outcomes[device.index] {
    case .measured(let probe): probe.wrongKernels
    case .failed(_, let wrongKernels): wrongKernels
    case nil: [:]
    }
  }

  /// Files of kernels that plans for a device do without.
  package func leftOut(on device: PhysicalDevice) -> Set<String> {
    KernelCatalogue.families(of: wrongKernels(on: device).keys)
  }

  /// What a person should know of a device that is used.
  package func notes(on device: PhysicalDevice) -> [String] {
    let failure = failures[device.index].map { "\(device.name) could not be measured: \($0)" }
    let faults = probes[device.index]?.faults.map { "\(device.name) gives wrong answers: \($0)" } ?? []
    return [failure].compactMap(\.self) + faults
      + wrongKernels(on: device).sorted { $0.key < $1.key }.map {
        "\(device.name) does without the kernel \($0.key), which gave a wrong answer: \($0.value)"
      }
  }

  /// Measures a device and keeps what came of it; nothing is kept where another program may have had its memory.
  package mutating func probe(_ device: PhysicalDevice, instance: Instance) async {
    var isLasting = true
    let outcome: ProbeOutcome
    var answers = KnownAnswers.Outcome()
    do {
      let options = DeviceOptions(deadlineNanoseconds: Self.deadlineNanoseconds)
      // An index of one or two digits names nothing else.
      let backend = try VulkanBackend(request: "\(device.index)", instance: instance, options: options, pack: kernels)
      answers = try await KnownAnswers.outcome(on: backend)
      outcome = .measured(try await DeviceProber(backend).probe(date: Self.today, answers: answers))
    } catch {
      isLasting = (error as? GPUError)?.isOutOfMemory != true
      outcome = .failed("\(error)", wrongKernels: answers.wrongKernels)
    }
    outcomes[device.index] = outcome
    guard isLasting, let store else { return }
    if !store.keep(outcome, for: ProbeIdentity(device, kernels: kernels)) { unwritten = store.folder }
  }

  private static var today: String { Date.now.formatted(.iso8601.year().month().day()) }
}
