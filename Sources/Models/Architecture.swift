public import Ops
public import Tensors

/// A family of models: from config.json to the program that computes it, and the tensors that it reads.
public protocol Architecture: Sendable {
  /// What config.json calls such models in `model_type`.
  static var modelTypes: [String] { get }

  /// - Throws: `ModelError` that names the key, its value and what is allowed.
  init(configuration: JSONValue) throws(ModelError)

  /// What GGUF files call such models in `general.architecture`; empty where they are not read from such files.
  static var ggufArchitectures: [String] { get }

  /// Takes sizes and names from a GGUF file.
  ///
  /// - Throws: `ModelError` that names the key, its value and what is allowed.
  init(gguf file: GGUFFile) throws(ModelError)

  /// The `model_type` that the configuration gave.
  var modelType: String { get }
  var sizes: DecoderSizes { get }
  /// Every tensor that the program reads from the checkpoint.
  var tensorShapes: [TensorShape] { get }

  /// Builds the program; its logits have `vocabularySize` columns.
  func program() throws(ProgramError) -> Program
}

extension Architecture {
  public static var ggufArchitectures: [String] { [] }

  public init(gguf file: GGUFFile) throws(ModelError) {
    throw ModelError("models of type \(Self.modelTypes.joined(separator: ", ")) are not read from GGUF files")
  }

  /// Positions that the model was made for.
  public var contextLength: Int { sizes.contextLength }
  public var vocabularySize: Int { sizes.vocabularySize }
  public var layerCount: Int { sizes.layerCount }
  public var hiddenSize: Int { sizes.hiddenSize }
  public var keyValueHeadCount: Int { sizes.keyValueHeadCount }
  public var headDimension: Int { sizes.headDimension }
}
