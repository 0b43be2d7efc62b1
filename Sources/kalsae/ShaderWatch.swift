import ArgumentParser
import Ops
import ShaderCompiler
import VulkanBackend
import Workbench

/// The kernels that a command works on: the built-in ones, a folder's, or a folder's again and again.
struct ShaderWatch {
  private let options: ShaderOptions
  private let console: Console

  /// What one round works on.
  struct Round {
    let pack: KernelPack
    /// Files of the kernels to look at; nil for all.
    let kernels: Set<String>?
    /// Whether this is one of many, whose results somebody reads while editing.
    let isWatching: Bool
  }

  init(_ options: ShaderOptions, _ console: Console) {
    self.options = options
    self.console = console
  }

  /// Runs `body` on the kernels; with `--watch` again after each change, where faults are told instead of thrown.
  func run(_ body: (Round) async throws -> Void) async throws {
    let builtIn = try KernelPack.embedded()
    guard let path = options.shaders else {
      return try await body(Round(pack: builtIn, kernels: nil, isWatching: false))
    }
    var folder = ShaderFolder(path: path, builtIn: builtIn)
    guard options.watch else {
      let contents = try load(&folder)
      let edited = contents.edited.isEmpty ? nil : Set(contents.edited)
      return try await body(Round(pack: contents.pack, kernels: edited, isWatching: false))
    }
    console.note("watching \(path); Ctrl-C ends it")
    var isFirst = true
    while true {
      do {
        let contents = try load(&folder)
        // What changed since the last look, so that a kernel that is right again is told so.
        let changed = Set(isFirst ? contents.edited : contents.changed)
        isFirst = false
        if !changed.isEmpty {
          try await body(Round(pack: contents.pack, kernels: changed, isWatching: true))
        }
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
      let names = contents.edited.isEmpty ? "none" : contents.edited.joined(separator: ", ")
      let count = contents.recompiled.count
      console.note(
        "\(count) \(count == 1 ? "kernel" : "kernels") compiled in \(Figures.seconds(start.secondsUntilNow)); "
          + "other than built in: \(names)")
      return contents
    } catch {
      throw CommandError(.input, error.description)
    }
  }
}
