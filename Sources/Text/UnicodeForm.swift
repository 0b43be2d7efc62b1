import CUnicode

/// One of the four Unicode normalization forms, by the Unicode version of the `tokenizers` package's normalizers.
package enum UnicodeForm: String, Sendable {
  case nfc = "NFC"
  case nfd = "NFD"
  case nfkc = "NFKC"
  case nfkd = "NFKD"

  private var isCompatibility: Bool { self == .nfkc || self == .nfkd }
  private var isComposed: Bool { self == .nfc || self == .nfkc }

  /// The form of valid UTF-8, in time linear in its length (marks of one letter: n log n).
  func normalize(_ text: [UInt8]) -> [UInt8] {
    guard text.contains(where: { $0 >= 0x80 }) else { return text }
    var scalars = decompose(text)
    if isComposed { compose(&scalars) }
    var result: [UInt8] = []
    result.reserveCapacity(text.count)
    for entry in scalars { result.append(scalar: entry.scalar) }
    return result
  }

  private struct Entry {
    var scalar: UInt32
    var combiningClass: UInt8
  }

  private func decompose(_ text: [UInt8]) -> [Entry] {
    var result: [Entry] = []
    result.reserveCapacity(text.count)
    var firstMark: Int?
    func add(_ scalar: UInt32) {
      let combiningClass = scalar < 0x300 ? 0 : unicode_combining_class(scalar)
      if combiningClass == 0, let mark = firstMark {
        Self.sortMarks(&result, from: mark)
        firstMark = nil
      } else if combiningClass != 0, firstMark == nil {
        firstMark = result.count
      }
      result.append(Entry(scalar: scalar, combiningClass: combiningClass))
    }
    var position = 0
    while position < text.count {
      let step = UTF8Step(text, at: position)
      position += step.byteCount
      if let syllable = Hangul.decompose(step.scalar) {
        add(syllable.lead)
        add(syllable.vowel)
        if let tail = syllable.tail { add(tail) }
        continue
      }
      let place = step.scalar < 0xa0 ? 0 : unicode_decomposition(step.scalar, isCompatibility)
      guard place != 0 else {
        add(step.scalar)
        continue
      }
      for i in 0..<(place & 0xff) { add(unicode_pool_scalar(place >> 8 + i)) }
    }
    if let mark = firstMark { Self.sortMarks(&result, from: mark) }
    return result
  }

  /// Puts a run of marks into canonical order; marks of one class keep theirs.
  private static func sortMarks(_ entries: inout [Entry], from start: Int) {
    let count = entries.count - start
    if count <= 16 {
      for i in start..<entries.count {
        var place = i
        while place > start, entries[place - 1].combiningClass > entries[place].combiningClass {
          entries.swapAt(place - 1, place)
          place -= 1
        }
      }
      return
    }
    var byClass: [[Entry]] = Array(repeating: [], count: 256)
    for entry in entries[start...] { byClass[Int(entry.combiningClass)].append(entry) }
    entries.replaceSubrange(start..., with: byClass.joined())
  }

  private func compose(_ entries: inout [Entry]) {
    var starter: Int?
    var lastClass: UInt8 = 0
    var count = 0
    for entry in entries {
      if let starter {
        let isAdjacent = starter + 1 == count
        if isAdjacent || (lastClass != 0 && lastClass < entry.combiningClass),
          let composed = Self.composition(entries[starter].scalar, entry.scalar)
        {
          entries[starter].scalar = composed
          continue
        }
      }
      if entry.combiningClass == 0 { starter = count }
      lastClass = entry.combiningClass
      entries[count] = entry
      count += 1
    }
    entries.removeLast(entries.count - count)
  }

  private static func composition(_ first: UInt32, _ second: UInt32) -> UInt32? {
    if let syllable = Hangul.compose(first, second) { return syllable }
    guard second >= 0x300 else { return nil }
    let composed = unicode_composition(first, second)
    return composed == 0 ? nil : composed
  }
}

/// The arithmetic of Hangul syllables (The Unicode Standard, 3.12).
enum Hangul {
  static func decompose(_ scalar: UInt32) -> (lead: UInt32, vowel: UInt32, tail: UInt32?)? {
    guard (0xac00..<0xac00 + 11172).contains(scalar) else { return nil }
    let index = scalar - 0xac00
    let tail = index % 28
    return (0x1100 + index / 588, 0x1161 + index % 588 / 28, tail == 0 ? nil : 0x11a7 + tail)
  }

  static func compose(_ first: UInt32, _ second: UInt32) -> UInt32? {
    if (0x1100..<0x1113).contains(first), (0x1161..<0x1176).contains(second) {
      return 0xac00 + (first - 0x1100) * 588 + (second - 0x1161) * 28
    }
    guard (0xac00..<0xac00 + 11172).contains(first), (first - 0xac00) % 28 == 0, (0x11a8..<0x11c3).contains(second)
    else { return nil }
    return first + second - 0x11a7
  }
}
