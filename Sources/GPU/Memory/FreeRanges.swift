/// The free byte ranges of one block of memory: sorted, never touching each other.
package struct FreeRanges: Hashable, Sendable {
  package private(set) var ranges: [Range<Int>]

  /// All of `byteCount` bytes are free.
  package init(byteCount: Int) { ranges = byteCount > 0 ? [0..<byteCount] : [] }

  /// Takes `byteCount` bytes at a multiple of `alignment` from the smallest range that has them; nil where none has.
  package mutating func take(byteCount: Int, alignment: Int) -> Range<Int>? {
    var best: (index: Int, start: Int)?
    for (index, range) in ranges.enumerated() {
      let start = range.lowerBound.roundedUp(to: alignment)
      guard start <= range.upperBound, range.upperBound - start >= byteCount else { continue }
      if let found = best, ranges[found.index].count <= range.count { continue }
      best = (index, start)
    }
    guard let best else { return nil }
    let range = ranges[best.index]
    let taken = best.start..<best.start + byteCount
    let rest = [range.lowerBound..<taken.lowerBound, taken.upperBound..<range.upperBound].filter { !$0.isEmpty }
    ranges.replaceSubrange(best.index...best.index, with: rest)
    return taken
  }

  /// Gives back what `take` gave, joined with its free neighbours.
  package mutating func give(_ range: Range<Int>) {
    var joined = range
    var index = ranges.firstIndex { $0.lowerBound > range.lowerBound } ?? ranges.endIndex
    if index < ranges.endIndex, ranges[index].lowerBound == joined.upperBound {
      joined = joined.lowerBound..<ranges.remove(at: index).upperBound
    }
    if index > ranges.startIndex, ranges[index - 1].upperBound == joined.lowerBound {
      index -= 1
      joined = ranges.remove(at: index).lowerBound..<joined.upperBound
    }
    ranges.insert(joined, at: index)
  }
}

extension Int {
  /// The next multiple of `step` (at least 1) that is not smaller; `Int.max` rounded down where there is none.
  func roundedUp(to step: Int) -> Int {
    let (sum, overflow) = addingReportingOverflow(step - 1)
    return (overflow ? Int.max : sum) / step * step
  }
}
