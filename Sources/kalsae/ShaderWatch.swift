import ArgumentParser
import Ops
import ShaderCompiler
import VulkanBackend
import Workbench

/// The kernels that a command works on: the built-in ones, a folder's, or a folder's again and again.
struct ShaderWatch {
  private let options: ShaderOptions
  private let console: Console

  init(_ options: ShaderOptions, _ console: Console) {
    self.options = options
    self.console = console
  }

  /// Runs `body` on the kernels; with `--watch` again after each change, where faults are told instead of thrown.
  ///
  /// `body` gets the built-in kernels, and with `--shaders` what the folder holds.
  func run(_ body: (KernelPack, ShaderFolder.Contents?) async throws -> Void) async throws {
    let builtIn = try KernelPack.embedded()
    guard let path = options.shaders else { return try await body(builtIn, nil) }
    var folder = ShaderFolder(path: path, builtIn: builtIn)
    guard options.watch else { return try await body(builtIn, try load(&folder)) }
    console.note("watching \(path); Ctrl-C ends it")
    while true {
      do {
        let contents = try load(&folder)
        try await body(builtIn, contents)
      } catch let error as ExitCode where error.rawValue == ExitStatus.failedCheck.rawValue {
        // A kernel that is wrong while it is edited is no reason to stop looking.
      } catch let error as CommandError where error.status == .input {
        Console.standardError(error.sentence + "\n")
      }
      try await folder.waitForChange()
    }
  }

  private func load(_ folder: inout ShaderFolder) throws(CommandError) -> ShaderFolder.Contents {
    let start = ContinuousClock.now
    do {
      let contents = try folder.load()
      for warning in contents.warnings { console.note("warning: \(warning)") }
      let names =
        contents.edited.isEmpty ? "none differs from the built-in ones" : contents.edited.joined(separator: ", ")
      console.note(
        "\(contents.recompiled.count) kernels compiled in \(Figures.seconds(start.secondsUntilNow)); edited: \(names)")
      return contents
    } catch {
      throw CommandError(.input, error.description)
    }
  }
}

extension ShaderFolder.Contents {
  /// The kernels to look at: those that were edited, else all of the folder.
  var subject: Set<String>? { edited.isEmpty ? nil : Set(edited) }
}
