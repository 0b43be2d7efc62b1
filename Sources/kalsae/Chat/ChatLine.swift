/// What a line of a conversation means.
package enum ChatLine: Hashable, Sendable {
  case message(String)
  case system(String)
  case reset, stats, help, exit
  /// Only blanks.
  case empty
  /// A command that there is not.
  case unknown(String)

  package init(_ line: String) {
    guard let first = line.first(where: { !$0.isWhitespace }) else {
      self = .empty
      return
    }
    guard first == "/", line.hasPrefix("/") else {
      self = .message(line)
      return
    }
    let name = line.prefix { !$0.isWhitespace }
    let rest = line.dropFirst(name.count).drop { $0.isWhitespace }
    switch name {
    case "/system": self = .system(String(rest))
    case "/reset": self = .reset
    case "/stats": self = .stats
    case "/help", "/?": self = .help
    case "/exit", "/quit", "/bye": self = .exit
    default: self = .unknown(String(name))
    }
  }
}
