/// How text is cut into pieces that are then merged each on its own; recognised by exact form, no pattern is ever run.
enum PreTokenizer: Sendable {
  /// Each digit alone, or runs of digits.
  case digits(individually: Bool)
  /// Each scalar of `\p{N}` alone.
  case numbers
  case gpt2
  /// The pattern of Llama 3, with runs of at most this many digits.
  case llama3(digits: Int)

  /// The parts of `range` in order.
  func split(_ text: ScalarText, _ range: Range<Int>, into pieces: inout [Range<Int>]) {
    switch self {
    case .digits(let individually): splitRuns(text, range, .numeric, individually, &pieces)
    case .numbers: splitRuns(text, range, .number, true, &pieces)
    case .gpt2:
      var position = range.lowerBound
      while position < range.upperBound {
        let end = text.endOfGPT2Piece(from: position, before: range.upperBound)
        pieces.append(position..<end)
        position = end
      }
    case .llama3(let digits):
      var position = range.lowerBound
      while position < range.upperBound {
        let end = text.endOfLlama3Piece(from: position, before: range.upperBound, digits: digits)
        pieces.append(position..<end)
        position = end
      }
    }
  }

  private func splitRuns(
    _ text: ScalarText, _ range: Range<Int>, _ wanted: ScalarClass, _ individually: Bool, _ pieces: inout [Range<Int>]
  ) {
    var start = range.lowerBound
    while start < range.upperBound {
      let isWanted = !text.classes[start].isDisjoint(with: wanted)
      var end = start + 1
      if !(isWanted && individually) {
        while end < range.upperBound, !text.classes[end].isDisjoint(with: wanted) == isWanted { end += 1 }
      }
      pieces.append(start..<end)
      start = end
    }
  }
}

extension [PreTokenizer] {
  /// The pieces of a text after all steps, each step cutting the pieces of the one before.
  func pieces(of text: ScalarText) -> [Range<Int>] {
    var pieces = text.count == 0 ? [] : [0..<text.count]
    for step in self {
      var finer: [Range<Int>] = []
      finer.reserveCapacity(pieces.count)
      for piece in pieces { step.split(text, piece, into: &finer) }
      pieces = finer
    }
    return pieces
  }
}
