import Foundation
import PackagePlugin

/// Compiles the package's `shaders` folder into one Swift file of the target that uses this plugin.
@main
struct KernelPackPlugin: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
    let shaders = context.package.directoryURL.appending(path: "shaders")
    let output = context.pluginWorkDirectoryURL.appending(path: "EmbeddedKernelPack.swift")
    return [
      .buildCommand(
        displayName: "Compiling shaders into the kernel pack",
        executable: try context.tool(named: "kernel-pack").url,
        arguments: ["--shaders", shaders.path(), "--output", output.path()],
        inputFiles: inputs(under: shaders), outputFiles: [output])
    ]
  }

  // Folders are inputs too, so that an added or removed file is noticed.
  private func inputs(under folder: URL) -> [URL] {
    let found = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)?.allObjects ?? []
    return [folder] + found.compactMap { $0 as? URL }.sorted { $0.path() < $1.path() }
  }
}
