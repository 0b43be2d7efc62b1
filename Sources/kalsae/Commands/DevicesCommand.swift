import ArgumentParser

/// `kalsae devices`: what this machine has, and what would be picked.
struct DevicesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "devices", abstract: "Show every Vulkan device, which one would be used, and why.",
    discussion: """
      Devices that cannot be used are shown with the reason. `--device` of other commands takes the index, the beginning \
      of the UUID or of the PCI address, or part of the name.

      EXAMPLES
        kalsae devices
        kalsae devices --json
      """)

  @Flag(help: "Print one JSON object.")
  var json = false

  mutating func run() throws {
    let report = try DeviceReport.current()
    let console = Console()
    if json { try console.writeJSON(report) }
    if report.devices.isEmpty {
      let variables = report.environment.joined(separator: ", ")
      let hidden = variables.isEmpty ? "" : " (the environment sets \(variables))"
      throw CommandError(.device, report.reason + hidden)
    }
    if !json { console.write(report.text(console)) }
  }
}
