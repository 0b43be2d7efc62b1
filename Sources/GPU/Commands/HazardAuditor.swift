/// One entry of a finished recording, as far as hazards go.
package enum RecordedCommand: Hashable, Sendable {
  case dispatch(label: String, accesses: [ByteAccess])
  case barrier
}

/// Checks a finished recording in the most naive way: every pair of dispatches without a barrier between.
///
/// It shares no code with `HazardTracker`, so that a fault in one is seen by the other.
package enum HazardAuditor {
  package struct Finding: Hashable, Sendable, CustomStringConvertible {
    package let first: String
    package let second: String
    package let overlap: Range<Int>

    package var description: String {
      "\(first) and \(second) both touch bytes \(overlap.lowerBound)..<\(overlap.upperBound) of one buffer, at least one "
        + "writes them, and there is no barrier between"
    }
  }

  /// Every unbarriered overlap, one for each pair of accesses.
  package static func findings(in commands: [RecordedCommand]) -> [Finding] {
    var findings: [Finding] = []
    for (index, command) in commands.enumerated() {
      guard case .dispatch(let second, let later) = command else { continue }
      for before in commands[..<index].reversed() {
        guard case .dispatch(let first, let earlier) = before else { break }
        for (a, b) in earlier.flatMap({ a in later.map { (a, $0) } }) where conflicts(a, b) {
          findings.append(Finding(first: first, second: second, overlap: a.range.clamped(to: b.range)))
        }
      }
    }
    return findings
  }

  private static func conflicts(_ a: ByteAccess, _ b: ByteAccess) -> Bool {
    guard a.buffer == b.buffer, a.access != .read || b.access != .read else { return false }
    return a.range.lowerBound < b.range.upperBound && b.range.lowerBound < a.range.upperBound
  }
}
