/// One kernel for one format and one element type.
struct ShaderJob: Sendable {
  let kernel: ShaderFile
  let manifest: ShaderManifest
  let format: String?
  let element: String?

  enum Outcome: Sendable {
    case compiled(KernelVariant)
    /// The installed glslang does not know an extension that the kernel asks for.
    case leftOut(warning: String)
  }

  func compile(_ includes: [String: ShaderFile]) throws(ShaderSetError) -> Outcome {
    var definitions: [String: String] = [:]
    if let format { definitions["FORMAT_\(format.uppercased())"] = "1" }
    if let element { definitions["ELEMENT_\(element.uppercased())"] = "1" }
    let name = KernelVariant.name(file: kernel.stem, format: format, element: element)
    let words: [UInt32]
    do throws(ShaderCompileError) {
      words = try ShaderCompiler.compile(
        source: kernel.text, fileName: kernel.path, definitions: definitions,
        resolver: { requested, _ in includes[requested == "format.glsl" ? "\(format ?? "format").glsl" : requested] })
    } catch {
      // A name that no release is known to have is a slip of the pen, not a reason to go without the kernel.
      guard let unknown = error.unsupportedExtension, let needed = GlslangVersion.first(knowing: unknown) else {
        throw ShaderSetError("\(error)\n\(kernel.path): note: while compiling variant \(name)")
      }
      return .leftOut(
        warning: "kernel \(name) is left out: \(unknown) needs glslang \(needed), and this is \(GlslangVersion.current)"
      )
    }
    do throws(SPIRVReflectionError) {
      return .compiled(
        try KernelVariant(file: kernel.stem, format: format, element: element, manifest: manifest, words: words))
    } catch {
      throw ShaderSetError("\(kernel.path): error: variant \(name): \(error)")
    }
  }
}
