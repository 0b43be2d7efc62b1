/// Why a request ended without a finished answer: one sentence for a person.
public struct GenerationError: Error, Hashable, CustomStringConvertible {
  public enum Kind: Hashable, Sendable {
    /// The request cannot be served as it stands.
    case request
    /// The model or the device computed something that is no number.
    case numeric
  }

  public let kind: Kind
  public let description: String

  public init(_ kind: Kind, _ description: String) {
    self.kind = kind
    self.description = description
  }
}
