import Models
import Tensors
import Text

/// A model with its tokenizer, before any device is touched.
struct LoadedModel {
  let model: Model
  private let loadedTokenizer: Result<Tokenizer, CommandError>

  /// - Throws: `CommandError` of status `.input` that names the file at fault.
  init(_ options: ModelOptions) throws(CommandError) {
    model = try options.open()
    guard options.synthetic == nil else {
      loadedTokenizer = .failure(
        CommandError(
          .input, "\(model.path) has no tokenizer: it is for measuring (bench, profile, tune, validate)"))
      return
    }
    do {
      loadedTokenizer = .success(
        try model.metadata.map { metadata throws(TokenizerError) in try Tokenizer(metadata) }
          ?? Tokenizer(directory: model.path))
    } catch {
      loadedTokenizer = .failure(CommandError(error, otherwise: .input))
    }
  }

  /// - Throws: `CommandError` where the tokenizer is missing, broken or unknown; ids can be computed on without it.
  var tokenizer: Tokenizer { get throws(CommandError) { try loadedTokenizer.get() } }

  /// The model's chat format.
  ///
  /// - Throws: `CommandError` where it has none that is known, or the tokenizer lacks its tokens.
  func chatFormat() throws(CommandError) -> ChatFormat {
    let format: ChatFormat
    let modelType = model.architecture.modelType
    do {
      format =
        try model.metadata.map { metadata throws(TokenizerError) in
          try ChatFormat(modelType: modelType, metadata: metadata)
        } ?? ChatFormat(modelType: modelType, directory: model.path)
    } catch {
      throw CommandError(error, otherwise: .input)
    }
    let missing = format.missingTokens(in: try tokenizer)
    guard missing.isEmpty else {
      throw CommandError(
        .input,
        "the tokenizer of \(model.path) lacks \(missing.joined(separator: " ")) of its chat format; "
          + "--raw does without")
    }
    return format
  }
}
