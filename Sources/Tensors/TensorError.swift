/// Why a file or a tensor cannot be used: one sentence for a person.
public struct TensorError: Error, Hashable, CustomStringConvertible {
  public let description: String
  public init(_ description: String) { self.description = description }
}
