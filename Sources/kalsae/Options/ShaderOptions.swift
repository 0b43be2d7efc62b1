import ArgumentParser

/// Kernels from a folder in place of those that were built in.
struct ShaderOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Take the .comp files of this folder in place of the built-in kernels of the same name, and look at those that "
        + "differ; what they include and the folder lacks is built in.", valueName: "folder"))
  var shaders: String?

  @Flag(help: "Do it again whenever a file of --shaders changes, until Ctrl-C.")
  var watch = false

  mutating func validate() throws {
    if watch, shaders == nil { throw ValidationError("--watch needs --shaders FOLDER to look at") }
  }
}
