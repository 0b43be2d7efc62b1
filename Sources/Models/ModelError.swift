import Tensors

/// Why a model cannot be opened: one sentence for a person.
public struct ModelError: Error, Hashable, CustomStringConvertible {
  public let description: String
  public init(_ description: String) { self.description = description }
  init(_ error: TensorError) { description = error.description }
}
