import Ops
public import Tensors

/// The shape of a published model with deterministic weights in place of trained ones: to measure a device without a file.
public struct SyntheticModel: Sendable, Hashable {
  /// A name of `names`.
  public let name: String
  /// Of every matrix; vectors are float32.
  public let format: BlockFormat

  /// The shapes that there are.
  public static var names: [String] { SyntheticCatalogue.configurations.map(\.name) }

  /// Reads `NAME` or `NAME:FORMAT`, such as `exaone-3.0-7.8b:q8_0`; without a format it is bf16.
  ///
  /// - Throws: `ModelError` that lists what there is.
  public init(_ text: String) throws(ModelError) {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard Self.names.contains(parts[0]) else {
      throw ModelError("there is no synthetic model \(parts[0]); there are \(Self.names.joined(separator: ", "))")
    }
    guard let format = BlockFormat.named(parts.count > 1 ? parts[1] : "bf16") else {
      let formats = BlockFormat.all.map(\.name).joined(separator: ", ")
      throw ModelError("synthetic model \(parts[0]): \(parts[1]) is no format; there are \(formats)")
    }
    name = parts[0]
    self.format = format
  }

  var configuration: JSONValue {
    get throws(ModelError) {
      let text = SyntheticCatalogue.configurations.first { $0.name == name }?.configuration ?? ""
      do { return try JSONValue(parsing: Array(text.utf8), name: name) } catch {
        throw ModelError("synthetic model \(name): \(error)")
      }
    }
  }

  /// Every tensor that `architecture` reads.
  ///
  /// Matrices of one width share a tile of random rows, each begins at a row of its own; a prime number of rows, so that no
  /// stride of a kernel meets the same row again. The deviation of 1/√columns keeps activations near 1.
  ///
  /// - Throws: `ModelError` where the format's blocks do not fit a matrix.
  func tensors(for architecture: any Architecture) throws(ModelError) -> [StoredTensor] {
    var tiles: [Int: [UInt8]] = [:]
    var tensors: [StoredTensor] = []
    for (index, shape) in architecture.tensorShapes.enumerated() {
      do throws(TensorError) {
        if shape.rows == 1 {
          let values = Self.values(count: shape.columns, seed: UInt64(index), scale: 0.1).map { $0 + 1 }
          tensors.append(
            try StoredTensor(
              name: shape.name, spec: TensorSpec(shape: [shape.columns], format: .f32), values: values))
          continue
        }
        if tiles[shape.columns] == nil { tiles[shape.columns] = try makeTile(columns: shape.columns, name: shape.name) }
        let spec = TensorSpec(shape: [shape.rows, shape.columns], format: format)
        tensors.append(
          try StoredTensor(
            name: shape.name, spec: spec, repeating: tiles[shape.columns] ?? [], from: index * Self.firstRowStride))
      } catch {
        throw ModelError(error)
      }
    }
    return tensors
  }

  private static let tileRowCount = 61
  private static let firstRowStride = 17

  private func makeTile(columns: Int, name: String) throws(TensorError) -> [UInt8] {
    let scale = 1 / Float(columns).squareRoot()
    let values = Self.values(count: Self.tileRowCount * columns, seed: UInt64(columns), scale: scale)
    guard columns.isMultiple(of: format.blockLength),
      let byteCount = format.byteCount(elementCount: values.count)
    else { throw TensorError("tensor \(name): rows of \(columns) are no whole blocks of \(format)") }
    var tile = [UInt8](repeating: 0, count: byteCount)
    var span = tile.mutableSpan
    var raw = span.mutableBytes
    format.encode(values.span, into: &raw)
    return tile
  }

  /// Uniform numbers of mean 0 and deviation `scale`.
  private static func values(count: Int, seed: UInt64, scale: Float) -> [Float] {
    var generator = SeededGenerator(seed: seed)
    let width = 2 * scale * Float(3).squareRoot()
    return (0..<count).map { _ in (Float(generator.nextUnit()) - 0.5) * width }
  }
}

extension Model {
  /// A model without files: no tokenizer, nothing that ends an answer.
  ///
  /// - Throws: `ModelError` where the format does not fit the model's matrices.
  public init(synthetic: SyntheticModel) throws(ModelError) {
    architecture = try ArchitectureCatalogue.architecture(configuration: try synthetic.configuration)
    weights = Weights(try synthetic.tensors(for: architecture))
    path = "synthetic \(synthetic.name):\(synthetic.format)"
    metadata = nil
    endTokens = []
    generation = GenerationDefaults()
    unusedTensors = []
  }
}
