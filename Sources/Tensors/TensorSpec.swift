/// Shape and storage of a tensor, without its bytes.
public struct TensorSpec: Sendable, Hashable, CustomStringConvertible {
  /// Extents, slowest first, as checkpoints write them: a linear layer's weight is [outputs, inputs].
  public let shape: [Int]
  public let format: BlockFormat

  public init(shape: [Int], format: BlockFormat) {
    self.shape = shape
    self.format = format
  }

  /// Product of all extents but the last; 1 for a vector.
  public var rowCount: Int { shape.dropLast().reduce(1, *) }
  /// The last extent; 1 for a scalar.
  public var columnCount: Int { shape.last ?? 1 }
  public var description: String { "\(format) \(shape)" }
}
