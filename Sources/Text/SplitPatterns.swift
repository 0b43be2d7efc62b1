/// The two families of patterns written out by hand: each is one look at each scalar, whatever the text.
extension ScalarText {
  /// The end of the piece at `start` by
  /// `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`.
  func endOfGPT2Piece(from start: Int, before end: Int) -> Int {
    if let contraction = endOfContraction(from: start, before: end, ignoringCase: false) { return contraction }
    let first = lead(start) == 0x20 ? start + 1 : start
    if first < end {
      let kind = classes[first]
      if kind.contains(.letter) { return endOfRun(.letter, from: first, before: end) }
      if kind.contains(.number) { return endOfRun(.number, from: first, before: end) }
      if !kind.contains(.space) { return endOfSigns(from: first, before: end) }
    }
    return endOfBlanks(from: start, before: end)
  }

  /// The end of the piece at `start` by `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,digits}|`
  /// ` ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`.
  func endOfLlama3Piece(from start: Int, before end: Int, digits: Int) -> Int {
    if let contraction = endOfContraction(from: start, before: end, ignoringCase: true) { return contraction }
    let kind = classes[start]
    if kind.contains(.letter) { return endOfRun(.letter, from: start, before: end) }
    if kind.contains(.number) { return endOfRun(.number, from: start, before: min(end, start + digits)) }
    if !isLineBreak(start), start + 1 < end, classes[start + 1].contains(.letter) {
      return endOfRun(.letter, from: start + 1, before: end)
    }
    let first = lead(start) == 0x20 ? start + 1 : start
    if first < end, classes[first].isDisjoint(with: [.letter, .number, .space]) {
      var position = endOfSigns(from: first, before: end)
      while position < end, isLineBreak(position) { position += 1 }
      return position
    }
    let blanks = endOfRun(.space, from: start, before: end)
    var lastBreak = blanks
    while lastBreak > start, !isLineBreak(lastBreak - 1) { lastBreak -= 1 }
    return lastBreak > start ? lastBreak : endOfBlanks(from: start, before: end)
  }

  /// `\s+(?!\S)|\s+`: the last blank before a word is left to the word.
  private func endOfBlanks(from start: Int, before end: Int) -> Int {
    let blanks = endOfRun(.space, from: start, before: end)
    return blanks < end && blanks - start > 1 ? blanks - 1 : blanks
  }

  private func endOfContraction(from start: Int, before end: Int, ignoringCase: Bool) -> Int? {
    guard lead(start) == UInt8(ascii: "'"), start + 1 < end else { return nil }
    func letter(_ index: Int) -> UInt8 {
      let byte = lead(index)
      guard ignoringCase else { return byte }
      // U+017F, the long s, is the one other scalar whose case folds to a letter of these.
      if byte == 0xc5, bytes[Int(starts[index]) + 1] == 0xbf { return UInt8(ascii: "s") }
      return (0x41...0x5a).contains(byte) ? byte | 0x20 : byte
    }
    let first = letter(start + 1)
    switch first {
    case UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "m"), UInt8(ascii: "d"): return start + 2
    case UInt8(ascii: "r"), UInt8(ascii: "v"), UInt8(ascii: "l"):
      let wanted = first == UInt8(ascii: "l") ? first : UInt8(ascii: "e")
      return start + 2 < end && letter(start + 2) == wanted ? start + 3 : nil
    default: return nil
    }
  }
}
