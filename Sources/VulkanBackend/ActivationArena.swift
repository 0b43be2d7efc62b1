/// Offsets for buffers of which only some are alive at a time.
package struct ActivationArena: Hashable, Sendable {
  package struct Request: Hashable, Sendable {
    package var byteCount: Int
    /// The first and the last step that touch the buffer.
    package var lifetime: ClosedRange<Int>

    package init(byteCount: Int, lifetime: ClosedRange<Int>) {
      self.byteCount = byteCount
      self.lifetime = lifetime
    }
  }
  /// The offset of each request, multiples of the alignment.
  package let offsets: [Int]
  package let byteCount: Int

  /// Places each request, largest first, at the lowest offset where no buffer that lives at the same time lies.
  package init(_ requests: [Request], alignment: Int) {
    var offsets = [Int](repeating: 0, count: requests.count)
    var placed: [Int] = []
    let order = requests.indices.sorted { (requests[$1].byteCount, $0) < (requests[$0].byteCount, $1) }
    for index in order {
      let neighbours = placed.filter { requests[$0].lifetime.overlaps(requests[index].lifetime) }
        .sorted { offsets[$0] < offsets[$1] }
      var offset = 0
      for neighbour in neighbours {
        if offset + requests[index].byteCount <= offsets[neighbour] { break }
        offset = max(offset, (offsets[neighbour] + requests[neighbour].byteCount).rounded(upToMultipleOf: alignment))
      }
      offsets[index] = offset
      placed.append(index)
    }
    self.offsets = offsets
    byteCount = requests.indices.reduce(0) { max($0, offsets[$1] + requests[$1].byteCount) }
  }
}
