import Foundation

/// The small model that comes with Kalsae: what commands use without `--model`.
enum DemoModel {
  static let variable = "KALSAE_DEMO_MODEL"
  private static let place = "models/kalsae-demo"

  /// The folder asked for, else the demo model's: what the environment says, or `models/kalsae-demo` in a folder above
  /// the program.
  ///
  /// - Throws: `CommandError` that says where it was looked for.
  static func directory(unless given: String?) throws(CommandError) -> String {
    if let given { return given }
    let environment = ProcessInfo.processInfo.environment
    if let path = environment[variable], !path.isEmpty { return path }
    let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    var folder = program.deletingLastPathComponent()
    while folder.path != "/" {
      let candidate = folder.appendingPathComponent(place)
      if FileManager.default.fileExists(atPath: candidate.appendingPathComponent("config.json").path) {
        return candidate.path
      }
      folder = folder.deletingLastPathComponent()
    }
    throw CommandError(
      .input,
      "no folder above \(program.path) has \(place): name a model with --model PATH, or the demo with \(variable)")
  }
}
