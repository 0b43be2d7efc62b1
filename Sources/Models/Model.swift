public import Ops
public import Tensors

/// A model opened from a Hugging Face folder: what to compute, and the mapped weights, all proved to fit each other.
public struct Model: Sendable {
  public let directory: String
  public let architecture: any Architecture
  public var weights: Weights
  /// Where tokenizer.json lies.
  public let tokenizerDirectory: String
  /// Ids that end an answer, from generation_config.json, else config.json; may be empty.
  public let endTokens: [Int32]
  /// How the model's makers sample.
  public let generation: GenerationDefaults
  /// Tensors of the checkpoint that the program does not read, sorted; rotary tables of older files are left out.
  public let unusedTensors: [String]

  /// Opens the folder; weights are read only when a backend loads them.
  ///
  /// - Parameter matrixFormat: what to convert matrices to as they are loaded; nil keeps the checkpoint's format.
  /// - Throws: `ModelError` that names the file, key or tensor at fault.
  public init(directory: String, matrixFormat: BlockFormat? = nil) throws(ModelError) {
    let checkpoint: Checkpoint
    do { checkpoint = try Checkpoint(directory: directory) } catch { throw ModelError(error) }
    do {
      try self.init(checkpoint, matrixFormat: matrixFormat)
    } catch {
      throw ModelError("\(directory): \(error)")
    }
  }

  private init(_ checkpoint: Checkpoint, matrixFormat: BlockFormat?) throws(ModelError) {
    let architecture = try ArchitectureCatalogue.architecture(configuration: checkpoint.configuration)
    try Self.check(checkpoint, against: architecture)
    let weights = Weights(checkpoint.tensors, matrixFormat: matrixFormat)
    do {
      for tensor in try architecture.program().tensors where tensor.weightNames != nil {
        _ = try weights.weight(for: tensor)
      }
    } catch let error as TensorError {
      throw ModelError(error)
    } catch {
      throw ModelError("\(error)")
    }
    let fields = try checkpoint.generation.map { value throws(ModelError) in
      try ConfigurationFields(value, document: "generation_config.json")
    }
    let vocabularySize = architecture.vocabularySize
    var endTokens = try fields?.tokens("eos_token_id", vocabularySize: vocabularySize) ?? []
    if endTokens.isEmpty {
      let configuration = try ConfigurationFields(checkpoint.configuration, document: "config.json")
      endTokens = try configuration.tokens("eos_token_id", vocabularySize: vocabularySize)
    }
    let used = Set(architecture.tensorShapes.map(\.name))
    self.directory = checkpoint.directory
    self.architecture = architecture
    self.weights = weights
    self.tokenizerDirectory = checkpoint.directory
    self.endTokens = endTokens
    self.generation =
      try fields.map { fields throws(ModelError) in try GenerationDefaults(fields) } ?? GenerationDefaults()
    self.unusedTensors = (checkpoint.tensors.map(\.name) + checkpoint.unreadable.keys)
      .filter { !used.contains($0) && !$0.hasSuffix("inv_freq") }.sorted()
  }

  /// Proves that every tensor is there, readable and of its shape; joined parts are seen one by one.
  private static func check(_ checkpoint: Checkpoint, against architecture: any Architecture) throws(ModelError) {
    let stored = Dictionary(checkpoint.tensors.map { ($0.name, $0.spec) }) { first, _ in first }
    for shape in architecture.tensorShapes {
      guard let spec = stored[shape.name] else {
        if let type = checkpoint.unreadable[shape.name] {
          throw ModelError("tensor \(shape.name) is stored as \(type); F32, F16 and BF16 can be read")
        }
        throw ModelError("the checkpoint has no tensor \(shape.name)")
      }
      let expected = shape.rows == 1 ? [shape.columns] : [shape.rows, shape.columns]
      guard spec.shape == expected || spec.shape == [shape.rows, shape.columns] else {
        throw ModelError("tensor \(shape.name) is \(spec.shape); config.json says \(expected)")
      }
    }
  }
}
