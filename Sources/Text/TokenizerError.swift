public import Tensors

/// Why a tokenizer or a chat template cannot be used: one sentence for a person.
public struct TokenizerError: Error, Hashable, CustomStringConvertible {
  /// The sentence.
  public let description: String

  /// - Parameter description: what is wrong, where, and what would be right.
  public init(_ description: String) { self.description = description }

  /// The same sentence as that of an error in reading the file.
  public init(_ error: TensorError) { description = error.description }
}
