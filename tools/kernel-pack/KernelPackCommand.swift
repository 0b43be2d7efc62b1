import Foundation
import ShaderCompiler

/// `kernel-pack --shaders FOLDER --output FILE.swift`: compiles every kernel and writes them as one Swift source.
@main
enum KernelPackCommand {
  static func main() {
    do {
      let arguments = try options(Array(CommandLine.arguments.dropFirst()))
      let (pack, warnings) = try ShaderSet(folder: URL(fileURLWithPath: arguments.shaders)).compile()
      for warning in warnings { report("warning: \(warning)") }
      let source = KernelPackSource.text(base64: Data(try pack.encoded()).base64EncodedString())
      try Data(source.utf8).write(to: URL(fileURLWithPath: arguments.output), options: .atomic)
    } catch {
      report("\(error)")
      exit(1)
    }
  }

  private static func options(_ arguments: [String]) throws -> (shaders: String, output: String) {
    guard arguments.count == 4, arguments[0] == "--shaders", arguments[2] == "--output" else {
      throw ShaderSetError("usage: kernel-pack --shaders FOLDER --output FILE.swift")
    }
    return (arguments[1], arguments[3])
  }

  private static func report(_ line: String) {
    FileHandle.standardError.write(Data((line + "\n").utf8))
  }
}
