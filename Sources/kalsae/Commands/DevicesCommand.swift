import ArgumentParser
import GPU
import Models
import ShaderCompiler
import VulkanBackend
import Workbench

/// `kalsae devices`: what this machine has, how fast it is, what fits it, and what would be picked.
struct DevicesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "devices", abstract: "Show every Vulkan device, which one would be used, and why.",
    discussion: """
      Devices that cannot be used are shown with the reason. `--device` of other commands takes the index, the beginning \
      of the UUID or of the PCI address, or part of the name.

      `--probe` checks a few known answers of every kernel that plans use and measures what the device can do at most, in \
      about two seconds; the figures are kept and shown from then on. Kernels with wrong answers are left out from then on \
      where others can serve. Exit code 1 where answers are wrong.

      `--fit` tells for each format of weights whether a model fits, the longest context that does, and the tokens per \
      second that reading the weights allows. Exit code 3 where nothing fits.

      EXAMPLES
        kalsae devices
        kalsae devices --probe
        kalsae devices --fit ./EXAONE-3.5-7.8B-Instruct
        kalsae devices --synthetic exaone-3.0-7.8b:bf16 --json
      """)

  @Flag(help: "Check and measure every usable device.")
  var probe = false

  @Option(help: ArgumentHelp("Show how the model in this folder or GGUF file fits.", valueName: "path"))
  var fit: String?

  @Option(
    help: ArgumentHelp(
      "Show how a model of the shape of a published one fits: NAME or NAME:FORMAT, as `kalsae inspect` takes it.",
      valueName: "name"))
  var synthetic: String?

  @Option(
    name: [.short, .long], help: ArgumentHelp("Probe or fit only this device (default: all).", valueName: "device"))
  var device: String?

  @Flag(help: "Print one JSON object.")
  var json = false

  mutating func validate() throws {
    if fit != nil, synthetic != nil { throw ValidationError("--fit and --synthetic exclude each other") }
    if device != nil, !probe, fit == nil, synthetic == nil {
      throw ValidationError("--device goes with --probe or --fit")
    }
  }

  mutating func run() async throws {
    do {
      try await show(Console())
    } catch let error as ExitCode {
      throw error
    } catch {
      throw CommandError(error, otherwise: .device)
    }
  }

  private func show(_ console: Console) async throws {
    let model = try openModel()
    let instance = try Instance()
    let kernels = try KernelPack.embedded()
    var probed = ProbedDevices(try instance.physicalDevices(), kernels: kernels)
    if probed.devices.isEmpty { throw Self.nothing(DeviceReport(probed)) }
    let subject = try subject(of: probed.devices)
    if probe {
      for device in subject {
        console.note("probing \(device.name)")
        await probed.probe(device, instance: instance)
      }
      if let place = probed.unwritten { console.note("the figures could not be kept in \(place)") }
    }
    let report = DeviceReport(probed)
    if let model {
      let command = synthetic.map { "kalsae bench --synthetic \($0)" } ?? "kalsae run --model '\(model.path)'"
      let fits = try FitReport(
        model, on: subject, probed: probed, chosen: report.chosen, kernels: kernels, command: command)
      if json { try console.writeJSON(fits) } else { console.write(fits.text(console)) }
      if fits.recommendation == nil { throw ExitCode(ExitStatus.device.rawValue) }
    } else {
      if json { try console.writeJSON(report) } else { console.write(report.text(console)) }
    }
    guard probe else { return }
    let probes = subject.compactMap { probed.probes[$0.index] }
    if probes.isEmpty { throw ExitCode(ExitStatus.device.rawValue) }
    if !probes.allSatisfy({ $0.isRight && $0.wrongKernels.isEmpty }) { throw ExitCode(ExitStatus.failedCheck.rawValue) }
  }

  private func openModel() throws(CommandError) -> Model? {
    guard fit != nil || synthetic != nil else { return nil }
    var options = ModelOptions()
    (options.model, options.synthetic, options.weights) = (fit, synthetic, nil)
    return try options.open()
  }

  /// The device that was named, else every usable one.
  private func subject(of devices: [PhysicalDevice]) throws(GPUError) -> [PhysicalDevice] {
    if let device, !DeviceSelection.isAutomatic(device) {
      return [try DeviceSelection.choose(from: devices, request: device).device]
    }
    let usable = devices.filter { $0.rejection == nil }
    // Says why none is.
    return usable.isEmpty ? [try DeviceSelection.choose(from: devices, request: nil).device] : usable
  }

  private static func nothing(_ report: DeviceReport) -> CommandError {
    let variables = report.environment.joined(separator: ", ")
    return CommandError(
      .device, report.reason + (variables.isEmpty ? "" : " (the environment sets \(variables))"))
  }
}
