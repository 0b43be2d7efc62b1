public import Tensors

/// A matrix that an architecture expects in its checkpoint; a vector has one row.
public struct TensorShape: Sendable, Hashable {
  public let name: String
  public let rows: Int
  public let columns: Int
  /// In which order the checkpoint holds the rows.
  public var rowOrder = RowOrder.asStored
}
