import Foundation
import GPU
import VulkanBackend
import Workbench

/// A folder with one file for each pipeline and each stage of the driver's compiler.
struct PipelineTextFolder {
  private let directory: String

  /// Makes the folder where it is not there.
  ///
  /// - Throws: `CommandError` with the system's reason.
  init(_ directory: String) throws(CommandError) {
    self.directory = directory
    do {
      try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    } catch {
      throw failure(error)
    }
  }

  /// Writes the texts of a pipeline and tells the files' names.
  func write(_ pipeline: SurveyedPipeline) throws(CommandError) -> [String] {
    var names: [String] = []
    for text in pipeline.texts {
      let name = Self.fileName("\(pipeline.key.label).\(text.name.lowercased()).txt")
      do {
        try text.text.write(toFile: "\(directory)/\(name)", atomically: false, encoding: .utf8)
      } catch {
        throw failure(error)
      }
      names.append(name)
    }
    return names
  }

  private func failure(_ error: any Error) -> CommandError {
    CommandError(.input, "--isa \(directory) cannot be written: \(Console.reason(error))")
  }

  /// Letters, digits and `. = _` stay; whatever else stands between becomes one hyphen.
  private static func fileName(_ text: String) -> String {
    text.split { !($0.isASCII && ($0.isLetter || $0.isNumber || "._=".contains($0))) }.joined(separator: "-")
  }
}
