/// One turn of a conversation.
public struct ChatMessage: Sendable, Hashable {
  /// The parties of a conversation.
  public enum Role: String, Sendable, Hashable, CaseIterable {
    case system, user, assistant
  }

  /// Who speaks.
  public var role: Role
  /// What is said, with nothing of the format around it.
  public var content: String

  /// A turn of `role`.
  public init(role: Role, content: String) {
    self.role = role
    self.content = content
  }
}
