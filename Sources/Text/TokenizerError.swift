public import Tensors

/// Why a tokenizer or a chat template cannot be used: one sentence for a person.
public struct TokenizerError: Error, Hashable, CustomStringConvertible {
  public let description: String
  public init(_ description: String) { self.description = description }
  public init(_ error: TensorError) { description = error.description }
}
