/// Bytes of one buffer and what is done with them.
package struct ByteAccess: Hashable, Sendable {
  package let buffer: ObjectIdentifier
  package let range: Range<Int>
  package let access: Access

  package init(buffer: ObjectIdentifier, range: Range<Int>, access: Access) {
    self.buffer = buffer
    self.range = range
    self.access = access
  }
}

/// Decides where a recording needs a barrier: pure, one pass, remembers what was touched since the last barrier.
package struct HazardTracker: Sendable {
  private struct Touched: Sendable {
    var reads: [Range<Int>] = []
    var writes: [Range<Int>] = []
  }

  private var touched: [ObjectIdentifier: Touched] = [:]

  package init() {}

  /// Whether a barrier must come before a dispatch with these accesses; the dispatch counts as recorded afterwards.
  package mutating func needsBarrier(before accesses: [ByteAccess]) -> Bool {
    let conflict = accesses.contains { access in
      guard let before = touched[access.buffer] else { return false }
      // Read after write and write after write; write after read where this one writes.
      return before.writes.contains { $0.overlaps(access.range) }
        || access.access.writes && before.reads.contains { $0.overlaps(access.range) }
    }
    if conflict { touched.removeAll(keepingCapacity: true) }
    for access in accesses {
      switch access.access {
      case .read: touched[access.buffer, default: Touched()].reads.append(access.range)
      case .write, .readWrite: touched[access.buffer, default: Touched()].writes.append(access.range)
      }
    }
    return conflict
  }
}
