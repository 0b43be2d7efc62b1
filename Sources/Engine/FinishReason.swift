/// Why an answer ended.
public enum FinishReason: String, Hashable, Sendable {
  /// The model gave an end token.
  case stop
  /// The answer reached its limit of tokens.
  case length
  /// Prompt and answer fill the context.
  case context
}
