/// A token that stands outside the merges: its text is looked for before the text is cut into pieces.
struct AddedToken: Sendable {
  var id: Int32
  /// As the file writes it.
  var content: [UInt8]
  /// What is looked for, and what the id decodes to: the content, normalized where `isNormalized`.
  var text: [UInt8]
  /// A control token; `skippingSpecial` leaves it out of decoded text.
  var isSpecial: Bool
  /// Looked for in normalized text.
  var isNormalized: Bool
  /// Takes the blanks before it.
  var stripsLeft: Bool
  /// Takes the blanks after it.
  var stripsRight: Bool
  /// Matches only where no word scalar stands beside it.
  var isSingleWord: Bool
}

/// Finds added tokens in a text: the leftmost, and of those that begin there the longest.
struct AddedTokenFinder: Sendable {
  /// Longer tokens are refused, so that a text costs at most this many steps per byte.
  static let byteCountLimit = 1024

  enum Part: Equatable {
    case text(Range<Int>)
    case token(Int32)
  }

  private var tokens: [AddedToken] = []
  private var children = PairTable()
  /// The token that ends at each node of the trie, -1 where none does.
  private var tokenAtNode: [Int32] = [-1]
  private var beginsToken = [Bool](repeating: false, count: 256)

  var isEmpty: Bool { tokens.isEmpty }

  /// False where the text is there already, which then keeps its first token.
  mutating func insert(_ token: AddedToken) -> Bool {
    guard let first = token.text.first else { return true }
    var node: Int32 = 0
    for byte in token.text {
      if let child = children[node, Int32(byte)] {
        node = child
      } else {
        let child = Int32(truncatingIfNeeded: tokenAtNode.count)
        children[node, Int32(byte)] = child
        tokenAtNode.append(-1)
        node = child
      }
    }
    guard tokenAtNode[Int(node)] < 0 else { return false }
    tokenAtNode[Int(node)] = Int32(truncatingIfNeeded: tokens.count)
    tokens.append(token)
    beginsToken[Int(first)] = true
    return true
  }

  private func longestMatch(in text: [UInt8], at start: Int) -> (token: AddedToken, end: Int)? {
    var node: Int32 = 0
    var best: (token: AddedToken, end: Int)?
    var position = start
    while position < text.count, let child = children[node, Int32(text[position])] {
      node = child
      position += 1
      if tokenAtNode[Int(node)] >= 0 { best = (tokens[Int(tokenAtNode[Int(node)])], position) }
    }
    return best
  }

  /// The text cut at its tokens, empty parts left out.
  ///
  /// - Parameter recognisingSpecial: false leaves the text of a special token where it stands, as text.
  func split(_ text: [UInt8], recognisingSpecial: Bool) -> [Part] {
    var parts: [Part] = []
    var textStart = 0
    var position = 0
    while position < text.count {
      guard beginsToken[Int(text[position])], let (token, matchEnd) = longestMatch(in: text, at: position) else {
        position += 1
        continue
      }
      defer { position = matchEnd }
      if token.isSpecial && !recognisingSpecial { continue }
      if token.isSingleWord, text.hasWordScalar(before: position) || text.hasWordScalar(at: matchEnd) { continue }
      var (start, end) = (position, matchEnd)
      if token.stripsLeft { start = max(text.startOfBlanks(before: start), textStart) }
      if token.stripsRight { end = text.endOfBlanks(from: end) }
      if textStart < start { parts.append(.text(textStart..<start)) }
      parts.append(.token(token.id))
      textStart = end
    }
    if textStart < text.count { parts.append(.text(textStart..<text.count)) }
    return parts
  }
}

extension [UInt8] {
  fileprivate func startOfScalar(before position: Int) -> Int {
    var start = position - 1
    while start > 0, self[start] & 0xc0 == 0x80 { start -= 1 }
    return start
  }

  fileprivate func hasWordScalar(before position: Int) -> Bool {
    position > 0 && hasWordScalar(at: startOfScalar(before: position))
  }

  fileprivate func hasWordScalar(at position: Int) -> Bool {
    position < count && ScalarClass(of: UTF8Step(self, at: position).scalar).contains(.word)
  }

  fileprivate func startOfBlanks(before position: Int) -> Int {
    var position = position
    while position > 0 {
      let start = startOfScalar(before: position)
      guard ScalarClass(of: UTF8Step(self, at: start).scalar).contains(.space) else { break }
      position = start
    }
    return position
  }

  fileprivate func endOfBlanks(from position: Int) -> Int {
    var position = position
    while position < count {
      let step = UTF8Step(self, at: position)
      guard ScalarClass(of: step.scalar).contains(.space) else { break }
      position += step.byteCount
    }
    return position
  }
}
