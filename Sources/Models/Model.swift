public import Ops
public import Tensors

/// A model opened from a Hugging Face folder or a GGUF file: what to compute, and the mapped weights, all proved to fit
/// each other.
public struct Model: Sendable {
  /// The folder or the file, as the caller wrote it.
  public let path: String
  public let architecture: any Architecture
  public var weights: Weights
  /// What the GGUF file says, its tokenizer too; nil where the model is a folder, which has files for that.
  public let metadata: GGUFMetadata?
  /// Ids that end an answer, from generation_config.json, else config.json, or the metadata; may be empty.
  public let endTokens: [Int32]
  /// How the model's makers sample.
  public let generation: GenerationDefaults
  /// Tensors of the checkpoint that the program does not read, sorted; rotary tables of older files are left out.
  public let unusedTensors: [String]

  /// Opens a folder or a GGUF file; weights are read only when a backend loads them.
  ///
  /// - Parameter matrixFormat: what to convert matrices to as they are loaded; nil keeps the checkpoint's formats.
  /// - Throws: `ModelError` that names the file, key or tensor at fault.
  public init(path: String, matrixFormat: BlockFormat? = nil) throws(ModelError) {
    if GGUFFile.isFile(path) {
      let file: GGUFFile
      do { file = try GGUFFile(path: path) } catch { throw ModelError(error) }
      do { try self.init(file, matrixFormat: matrixFormat) } catch { throw ModelError("\(path): \(error)") }
    } else {
      let checkpoint: Checkpoint
      do { checkpoint = try Checkpoint(directory: path) } catch { throw ModelError(error) }
      do { try self.init(checkpoint, matrixFormat: matrixFormat) } catch { throw ModelError("\(path): \(error)") }
    }
  }

  private init(_ checkpoint: Checkpoint, matrixFormat: BlockFormat?) throws(ModelError) {
    let architecture = try ArchitectureCatalogue.architecture(configuration: checkpoint.configuration)
    let fields = try checkpoint.generation.map { value throws(ModelError) in
      try ConfigurationFields(value, document: "generation_config.json")
    }
    let vocabularySize = architecture.vocabularySize
    let source = CheckpointTensors(
      tensors: checkpoint.tensors, unreadable: checkpoint.unreadable, readableTypes: "F32, F16 and BF16",
      authority: "config.json")
    weights = try source.weights(for: architecture, matrixFormat: matrixFormat)
    var endTokens = try fields?.tokens("eos_token_id", vocabularySize: vocabularySize) ?? []
    if endTokens.isEmpty {
      let configuration = try ConfigurationFields(checkpoint.configuration, document: "config.json")
      endTokens = try configuration.tokens("eos_token_id", vocabularySize: vocabularySize)
    }
    path = checkpoint.directory
    self.architecture = architecture
    metadata = nil
    self.endTokens = endTokens
    generation =
      try fields.map { fields throws(ModelError) in try GenerationDefaults(fields) } ?? GenerationDefaults()
    unusedTensors = source.unusedNames(by: architecture).filter { !$0.hasSuffix("inv_freq") }
  }

  private init(_ file: GGUFFile, matrixFormat: BlockFormat?) throws(ModelError) {
    let fields = try ConfigurationFields(file)
    if let (key, value) = fields.value("split.count"), value != .integer(1) {
      throw fields.error(key, value, allowed: "1: join the files of a model that is split into several")
    }
    let architecture = try ArchitectureCatalogue.architecture(gguf: file)
    let source = CheckpointTensors(
      tensors: file.tensors, unreadable: file.unreadable, readableTypes: GGUFFile.readableTypes,
      authority: fields.document)
    weights = try source.weights(for: architecture, matrixFormat: matrixFormat)
    // Such a file holds what its model computes with: what is left over, such as a bias, would be missed in the result.
    if let name = source.unusedNames(by: architecture).first(where: { $0 != GGUFFile.rotaryDivisors }) {
      throw ModelError("tensor \(quoted(name)) has no place in a model of type \(architecture.modelType)")
    }
    var endTokens: [Int32] = []
    for name in ["eos", "eot", "eom"] {
      let key = "tokenizer.ggml.\(name)_token_id"
      for id in try fields.tokens(key, vocabularySize: architecture.vocabularySize) where !endTokens.contains(id) {
        endTokens.append(id)
      }
    }
    path = file.path
    self.architecture = architecture
    metadata = file.metadata
    self.endTokens = endTokens
    generation = GenerationDefaults()
    unusedTensors = []
  }
}
