import Foundation
package import ShaderCompiler
import VulkanBackend

/// Kernels that a person is editing, over those that were built in: compiled by the same code, only what changed.
package struct ShaderFolder: Sendable {
  private let folder: URL
  private let builtIn: KernelPack
  /// As they were before the last look.
  private var timesSeen: [String: Date] = [:]
  private var compiled: [String: (fingerprint: Int, variants: [KernelVariant])] = [:]

  /// What a folder holds at one moment.
  package struct Contents: Sendable {
    /// The built-in kernels with the folder's in place of theirs.
    package let pack: KernelPack
    /// Files of the folder whose code is not that of the built-in kernel, sorted.
    package let edited: [String]
    /// Files that were compiled again since the last look, sorted.
    package let recompiled: [String]
    /// Those of them whose code is another than before, or could not be compiled before.
    package let changed: [String]
    package let warnings: [String]
  }

  package init(path: String, builtIn: KernelPack) {
    folder = URL(fileURLWithPath: path)
    self.builtIn = builtIn
  }

  /// Reads the folder and compiles what changed.
  ///
  /// - Throws: `ShaderSetError`: faults of the shaders with file and line, or a file that no kernel launches.
  package mutating func load() throws(ShaderSetError) -> Contents {
    timesSeen = modificationTimes()
    let set = try ShaderSet(folder: folder, base: builtIn.includes)
    let known = Set(builtIn.variants.map(\.file))
    if let stranger = set.kernels.first(where: { !known.contains($0.stem) }) {
      throw ShaderSetError(
        "\(stranger.path): error: no kernel of that name is launched; name the file after one of "
          + "\(known.sorted().joined(separator: ", ")), or add a kernel as docs/adding-a-kernel.md says")
    }
    let fingerprints = Dictionary(set.kernels.map { ($0.stem, Self.fingerprint($0, set.includes)) }) { $1 }
    let stale = set.kernels.filter { compiled[$0.stem]?.fingerprint != fingerprints[$0.stem] }
    let before = compiled
    // Where one does not compile, all of these are looked at again.
    for kernel in stale { compiled[kernel.stem] = nil }
    let (variants, warnings) = try set.compile(stale)
    for kernel in stale {
      compiled[kernel.stem] = (fingerprints[kernel.stem] ?? 0, variants.filter { $0.file == kernel.stem })
    }
    let current = set.kernels.flatMap { compiled[$0.stem]?.variants ?? [] }
    let edited = current.filter { $0.words != builtIn[variant: $0.name]?.words }.map(\.file)
    let changed = stale.map(\.stem).filter {
      before[$0]?.variants.map(\.words) != compiled[$0]?.variants.map(\.words)
    }
    return Contents(
      pack: builtIn.replacing(current), edited: Set(edited).sorted(), recompiled: stale.map(\.stem), changed: changed,
      warnings: warnings)
  }

  /// Blocks until a file of the folder, or beside it, is other than at the last look; looks ten times a second.
  ///
  /// - Throws: `CancellationError` where the task is cancelled.
  package func waitForChange() async throws {
    while modificationTimes() == timesSeen { try await Task.sleep(for: .milliseconds(100)) }
  }

  private func modificationTimes() -> [String: Date] {
    var times: [String: Date] = [:]
    for place in [folder, folder.deletingLastPathComponent()] {
      let keys: [URLResourceKey] = [.contentModificationDateKey]
      let found = FileManager.default.enumerator(at: place, includingPropertiesForKeys: keys)?.allObjects ?? []
      for case let url as URL in found
      where ["comp", "glsl", "h"].contains(url.pathExtension) && !url.lastPathComponent.hasPrefix(".") {
        times[url.path()] = try? url.resourceValues(forKeys: Set(keys)).contentModificationDate
      }
      if folder.lastPathComponent != "ops" { break }
    }
    return times
  }

  /// Of a kernel's text and the texts that it includes, directly or not.
  private static func fingerprint(_ kernel: ShaderFile, _ includes: [String: ShaderFile]) -> Int {
    var hasher = Hasher()
    var waiting = [kernel]
    var seen: Set<String> = []
    while let file = waiting.popLast() {
      hasher.combine(file.text)
      for name in ShaderCompiler.includeNames(in: file.text) where seen.insert(name).inserted {
        // Which format stands behind `format.glsl` is settled per variant: all of them count.
        waiting +=
          name == "format.glsl"
          ? includes.values.filter { $0.folder == "formats" }.sorted { $0.name < $1.name }
          : [includes[name]].compactMap(\.self)
      }
    }
    return hasher.finalize()
  }
}
