package import Foundation

/// Kernels as GLSL with all that they include, in memory.
///
/// The project's own set is the folder `shaders`. A person's folder may hold as little as one `.comp`: what it includes and
/// lacks comes from a base, the files that were built in.
package struct ShaderSet: Sendable, Equatable {
  /// The `.comp` files, sorted by name.
  package var kernels: [ShaderFile]
  /// Included files by name, such as `step.glsl`.
  package var includes: [String: ShaderFile]

  private static let kernelFolders = ["ops", "probes"]
  private static let includeFolders = ["lib", "formats", "params"]

  /// Reads `folder`: kernels of its `ops` and `probes`, else its own; includes of `lib`, `formats` and `params` in it,
  /// beside it where it is itself an `ops`, and loose ones, each before the file of that name in `base`.
  ///
  /// - Throws: `ShaderSetError` where the folder or a file of it cannot be read, or holds no kernel.
  package init(folder: URL, base: [ShaderFile] = []) throws(ShaderSetError) {
    let folder = folder.standardizedFileURL
    let nested = Self.kernelFolders.map { folder.appending(path: $0) }.filter { Self.isFolder($0) }
    kernels = []
    for place in nested.isEmpty ? [folder] : nested { kernels += try Self.files(in: place, endings: ["comp"]) }
    guard !kernels.isEmpty else { throw ShaderSetError("\(folder.path()): error: the folder holds no .comp file") }
    kernels.sort { $0.name < $1.name }
    includes = Dictionary(base.map { ($0.name, $0) }) { $1 }
    let beside = Self.kernelFolders.contains(folder.lastPathComponent) ? [folder.deletingLastPathComponent()] : []
    let places =
      (beside + [folder]).flatMap { parent in Self.includeFolders.map { parent.appending(path: $0) } } + [folder]
    for place in places where Self.isFolder(place) {
      for file in try Self.files(in: place, endings: ["glsl", "h"]) { includes[file.name] = file }
    }
  }

  /// Files of `formats`, sorted.
  package var formats: [String] {
    includes.values.filter { $0.folder == "formats" }.map(\.stem).sorted()
  }

  /// Every variant of every kernel, and a warning for each that the installed glslang is too old for.
  ///
  /// - Throws: `ShaderSetError` with one line `file:line: error: …` per fault.
  package func compile() throws(ShaderSetError) -> (pack: KernelPack, warnings: [String]) {
    let (variants, warnings) = try compile(kernels)
    return (KernelPack(variants: variants, includes: includes.values.sorted { $0.path < $1.path }), warnings)
  }

  /// The variants of some kernels.
  package func compile(
    _ kernels: [ShaderFile]
  ) throws(ShaderSetError) -> (variants: [KernelVariant], warnings: [String]) {
    var jobs: [ShaderJob] = []
    for kernel in kernels { jobs += try self.jobs(for: kernel) }
    let outcomes = OutcomeBox<Result<ShaderJob.Outcome, ShaderSetError>>(count: jobs.count)
    DispatchQueue.concurrentPerform(iterations: jobs.count) { [jobs] index in
      outcomes.set(Result { () throws(ShaderSetError) in try jobs[index].compile(includes) }, at: index)
    }
    var (variants, warnings, errors): ([KernelVariant], [String], [String]) = ([], [], [])
    for outcome in outcomes.all {
      switch outcome {
      case .success(.compiled(let variant)): variants.append(variant)
      case .success(.leftOut(let warning)): warnings.append(warning)
      case .failure(let error): if !errors.contains(error.description) { errors.append(error.description) }
      }
    }
    if !errors.isEmpty { throw ShaderSetError(errors.joined(separator: "\n")) }
    return (variants, warnings)
  }

  private func jobs(for kernel: ShaderFile) throws(ShaderSetError) -> [ShaderJob] {
    let manifest: ShaderManifest
    do {
      manifest = try ShaderManifest(source: kernel.text, path: kernel.path)
    } catch {
      throw ShaderSetError("\(error)")
    }
    let elements = manifest.elements.isEmpty ? [nil] : manifest.elements.map(Optional.some)
    return try formats(of: manifest, kernel).flatMap { format in
      elements.map { ShaderJob(kernel: kernel, manifest: manifest, format: format, element: $0) }
    }
  }

  private func formats(of manifest: ShaderManifest, _ kernel: ShaderFile) throws(ShaderSetError) -> [String?] {
    switch manifest.formats {
    case .all: return formats
    case .named(let names):
      if let name = names.first(where: { !formats.contains($0) }) {
        throw ShaderSetError("\(kernel.path):1: error: the format `\(name)` has no file formats/\(name).glsl")
      }
      return names.isEmpty ? [nil] : names
    }
  }

  private static func isFolder(_ url: URL) -> Bool {
    (try? url.resourceValues(forKeys: [.isDirectoryKey]).isDirectory) ?? false
  }

  private static func files(in folder: URL, endings: Set<String>) throws(ShaderSetError) -> [ShaderFile] {
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder.path()) else {
      throw ShaderSetError("\(folder.path()): error: the folder cannot be read")
    }
    var files: [ShaderFile] = []
    for name in names.sorted() {
      let url = folder.appending(path: name)
      // Editors leave hidden files beside the one that is open.
      guard endings.contains(url.pathExtension), !name.hasPrefix(".") else { continue }
      guard let text = try? String(contentsOf: url, encoding: .utf8) else {
        throw ShaderSetError("\(url.path()): error: the file is not readable UTF-8 text")
      }
      files.append(ShaderFile(path: url.path(), text: text))
    }
    return files
  }
}

/// Messages for the person who builds, each in the form `file:line: error: …`.
package struct ShaderSetError: Error, Equatable, CustomStringConvertible {
  package let description: String
  package init(_ description: String) { self.description = description }
}
