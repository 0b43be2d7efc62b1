import ArgumentParser
import Models
import Ops
import Tensors

/// Which model, and how its weights are held.
struct ModelOptions: ParsableArguments {
  @Option(
    name: [.short, .long],
    help: ArgumentHelp(
      "Folder or GGUF file of the model (default: the demo model, where the command needs one).", valueName: "path"))
  var model: String?

  @Option(
    help: ArgumentHelp(
      "Take the shape of a published model with made-up weights, for measuring: NAME or NAME:FORMAT, such as "
        + "exaone-3.0-7.8b:bf16 (\(SyntheticModel.names.joined(separator: ", "))).", valueName: "name"))
  var synthetic: String?

  @Option(
    help: ArgumentHelp(
      "Convert matrices to this format as they are loaded: \(Self.formatNames) (default: as stored).",
      valueName: "format"))
  var weights: String?

  /// Whether a model was named.
  var isGiven: Bool { model != nil || synthetic != nil }

  mutating func validate() throws {
    if model != nil, synthetic != nil { throw ValidationError("--model and --synthetic exclude each other") }
    guard let weights, BlockFormat.named(weights) == nil else { return }
    throw ValidationError("--weights \(weights) is no format; there are \(Self.formatNames)")
  }

  private static let formatNames = BlockFormat.all.map(\.name).joined(separator: ", ")

  var matrixFormat: BlockFormat? { weights.flatMap { BlockFormat.named($0) } }

  /// Opens the model that was asked for, else the demo model.
  ///
  /// - Throws: `CommandError` of status `.input` that names the file at fault.
  func open() throws(CommandError) -> Model {
    do {
      if let synthetic {
        let parsed = try SyntheticModel(synthetic)
        var model = try Model(synthetic: parsed)
        model.weights.matrixFormat = matrixFormat
        return model
      }
      return try Model(path: try DemoModel.directory(unless: model), matrixFormat: matrixFormat)
    } catch {
      throw CommandError(error, otherwise: .input)
    }
  }
}
