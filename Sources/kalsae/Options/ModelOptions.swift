import ArgumentParser
import Tensors

/// Which model, and how its weights are held.
struct ModelOptions: ParsableArguments {
  @Option(
    name: [.short, .long],
    help: ArgumentHelp("Folder or GGUF file of the model; without it the demo model answers.", valueName: "path"))
  var model: String?

  @Option(
    help: ArgumentHelp(
      "Convert matrices to this format as they are loaded: \(Self.formatNames) (default: as stored).",
      valueName: "format"))
  var weights: String?

  mutating func validate() throws {
    guard let weights, BlockFormat.named(weights) == nil else { return }
    throw ValidationError("--weights \(weights) is no format; there are \(Self.formatNames)")
  }

  private static let formatNames = BlockFormat.all.map(\.name).joined(separator: ", ")

  var matrixFormat: BlockFormat? { weights.flatMap { BlockFormat.named($0) } }
}
