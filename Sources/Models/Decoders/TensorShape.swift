/// A matrix that an architecture expects in its checkpoint; a vector has one row.
public struct TensorShape: Sendable, Hashable {
  public let name: String
  public let rows: Int
  public let columns: Int
}
