import Foundation
import ShaderCompiler

/// A message for the person who builds, in the form `file:line: error: …`.
struct KernelPackBuildError: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

/// Compiles each file of `ops` for each of its formats and element types.
struct KernelPackBuild {
  private let shaders: URL

  struct Result {
    var pack: KernelPack
    var warnings: [String]
  }

  /// One file × format × element.
  private struct Job {
    var kernel: ShaderFile
    var file: String
    var manifest: ShaderManifest
    var format: String?
    var element: String?
  }

  private enum Outcome {
    case compiled(KernelVariant)
    case leftOut(warning: String)
  }

  init(shaders: URL) { self.shaders = shaders.standardizedFileURL }

  func run() throws -> Result {
    let jobs = try files(in: "ops", ending: "comp").flatMap(jobs(for:))
    var variants: [KernelVariant] = []
    var warnings: [String] = []
    var errors: [String] = []
    for outcome in compileAll(jobs) {
      switch outcome {
      case .success(.compiled(let variant)): variants.append(variant)
      case .success(.leftOut(let warning)): warnings.append(warning)
      case .failure(let error): if !errors.contains(error.description) { errors.append(error.description) }
      }
    }
    if !errors.isEmpty { throw KernelPackBuildError(errors.joined(separator: "\n")) }
    return Result(pack: KernelPack(variants: variants), warnings: warnings)
  }

  private func compileAll(_ jobs: [Job]) -> [Swift.Result<Outcome, KernelPackBuildError>] {
    let outcomes = OutcomeBox<Swift.Result<Outcome, KernelPackBuildError>>(count: jobs.count)
    DispatchQueue.concurrentPerform(iterations: jobs.count) { index in
      outcomes.set(compile(jobs[index]), at: index)
    }
    return outcomes.all
  }

  private func files(in folder: String, ending: String) throws -> [URL] {
    let url = shaders.appending(path: folder)
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: url.path()) else {
      throw KernelPackBuildError("\(url.path()): error: the folder cannot be read")
    }
    return names.filter { $0.hasSuffix("." + ending) }.sorted().map { url.appending(path: $0) }
  }

  private func jobs(for url: URL) throws -> [Job] {
    guard let text = try? String(contentsOf: url, encoding: .utf8) else {
      throw KernelPackBuildError("\(url.path()): error: the file is not readable UTF-8 text")
    }
    let kernel = ShaderFile(path: url.path(), text: text)
    let manifest = try ShaderManifest(source: text, path: kernel.path)
    let file = url.deletingPathExtension().lastPathComponent
    return try formats(of: manifest, kernel).flatMap { format in
      (manifest.elements.isEmpty ? [nil] : manifest.elements.map(Optional.some)).map { element in
        Job(kernel: kernel, file: file, manifest: manifest, format: format, element: element)
      }
    }
  }

  private func formats(of manifest: ShaderManifest, _ kernel: ShaderFile) throws -> [String?] {
    let known = try files(in: "formats", ending: "glsl").map { $0.deletingPathExtension().lastPathComponent }
    switch manifest.formats {
    case .all: return known
    case .named(let names):
      if let name = names.first(where: { !known.contains($0) }) {
        let missing = "shaders/formats/\(name).glsl"
        throw KernelPackBuildError("\(kernel.path):1: error: the format `\(name)` has no file \(missing)")
      }
      return names.isEmpty ? [nil] : names
    }
  }

  private func compile(_ job: Job) -> Swift.Result<Outcome, KernelPackBuildError> {
    var definitions: [String: String] = [:]
    var search = ShaderIncludeSearch(directories: ["lib", "formats", "params"].map { shaders.appending(path: $0) })
    if let format = job.format {
      definitions["FORMAT_\(format.uppercased())"] = "1"
      search.aliases["format.glsl"] = shaders.appending(path: "formats/\(format).glsl")
    }
    if let element = job.element { definitions["ELEMENT_\(element.uppercased())"] = "1" }
    let name = KernelVariant.name(file: job.file, format: job.format, element: job.element)
    do {
      let words = try ShaderCompiler.compile(
        source: job.kernel.text, fileName: job.kernel.path, definitions: definitions, search: search)
      let variant = try KernelVariant(
        file: job.file, format: job.format, element: job.element, manifest: job.manifest, words: words)
      return .success(.compiled(variant))
    } catch let error as ShaderCompileError {
      guard let warning = unsupportedWarning(error, variant: name) else {
        return .failure(KernelPackBuildError("\(error)\n\(job.kernel.path): note: while compiling variant \(name)"))
      }
      return .success(.leftOut(warning: warning))
    } catch {
      return .failure(KernelPackBuildError("\(job.kernel.path): error: variant \(name): \(error)"))
    }
  }

  private func unsupportedWarning(_ error: ShaderCompileError, variant: String) -> String? {
    // A name that no release is known to have is a slip of the pen, not a reason to go without the kernel.
    guard let name = error.unsupportedExtension, let needed = GlslangVersion.first(knowing: name) else { return nil }
    return "kernel \(variant) is left out: \(name) needs glslang \(needed), and this is \(GlslangVersion.current)"
  }
}
