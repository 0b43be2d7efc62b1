import Tensors

/// Merges the bytes of one piece into tokens, always the pair that was learned first, leftmost where several are.
///
/// Time is n log n in the piece's length, whatever the bytes.
struct BytePairEncoder: Sendable {
  /// The token of each byte, -1 where the vocabulary has none.
  var byteTokens: [Int32]
  /// The rank of a pair of tokens.
  var ranks: PairTable
  /// The token that the pair of each rank becomes.
  var merged: [Int32]
  /// The token for bytes without one; nil drops them.
  var unknown: Int32?
  /// One unknown token for a run of unknown bytes.
  var fusesUnknown: Bool

  /// An encoder that merges nothing yet.
  ///
  /// - Parameter tokens: ids of tokens as files write them, letters for bytes.
  init(_ tokens: [ArraySlice<UInt8>: Int32], mergeCount: Int, unknown: Int32?, fusesUnknown: Bool) {
    byteTokens = ByteAlphabet.letters.map { tokens[Array(String(Character($0)).utf8)[...]] ?? -1 }
    ranks = PairTable(minimumCapacity: mergeCount)
    merged = []
    merged.reserveCapacity(mergeCount)
    self.unknown = unknown
    self.fusesUnknown = fusesUnknown
  }

  /// The two tokens of a merge that a file writes as one text, with a blank between.
  static func pair(_ text: ByteString) -> (ArraySlice<UInt8>, ArraySlice<UInt8>)? {
    let parts = text.bytes.split(separator: 0x20, omittingEmptySubsequences: false)
    return parts.count == 2 ? (parts[0], parts[1]) : nil
  }

  /// Adds the merge of the next rank; gives what it names that `tokens` lacks, in words, or nil.
  mutating func addMerge(
    _ pair: (ArraySlice<UInt8>, ArraySlice<UInt8>), _ tokens: [ArraySlice<UInt8>: Int32]
  ) -> String? {
    guard let first = tokens[pair.0] else { return "names \"\(pair.0.shown)\"" }
    guard let second = tokens[pair.1] else { return "names \"\(pair.1.shown)\"" }
    guard let id = tokens[pair.0 + pair.1] else { return "makes \"\((pair.0 + pair.1).shown)\"" }
    ranks[first, second] = Int32(truncatingIfNeeded: merged.count)
    merged.append(id)
    return nil
  }

  /// - Parameter workspace: storage that one text's pieces share.
  func encode(_ piece: ArraySlice<UInt8>, with workspace: inout MergeWorkspace, into ids: inout [Int32]) {
    workspace.chain.removeAll()
    for byte in piece {
      let token = byteTokens[Int(byte)]
      if token >= 0 {
        workspace.chain.append(token, isUnknown: false)
      } else if let unknown, !(fusesUnknown && workspace.chain.endsUnknown) {
        workspace.chain.append(unknown, isUnknown: true)
      }
    }
    if workspace.chain.count > 1 { merge(&workspace.chain, &workspace.queue) }
    workspace.chain.appendTokens(to: &ids)
  }

  private func merge(_ chain: inout SymbolChain, _ queue: inout MergeQueue) {
    queue.removeAll()
    for position in 0..<chain.count - 1 {
      if let rank = ranks[chain.tokens[position], chain.tokens[position + 1]] {
        queue.add(rank: rank, position: position)
      }
    }
    queue.arrange()
    while let (rank, position) = queue.popFirst() {
      // An entry is stale once one of its two symbols has changed.
      guard let next = chain.next(of: position),
        let current = ranks[chain.tokens[position], chain.tokens[next]], merged[Int(current)] == merged[Int(rank)]
      else { continue }
      chain.join(position, with: next, as: merged[Int(rank)])
      if let previous = chain.previous(of: position),
        let rank = ranks[chain.tokens[previous], chain.tokens[position]]
      {
        queue.insert(rank: rank, position: previous)
      }
      if let following = chain.next(of: position), let rank = ranks[chain.tokens[position], chain.tokens[following]] {
        queue.insert(rank: rank, position: position)
      }
    }
  }
}

/// Storage for merging one piece after another.
struct MergeWorkspace {
  fileprivate var chain = SymbolChain()
  fileprivate var queue = MergeQueue()
}

/// Tokens in a doubly linked list whose places never move.
private struct SymbolChain {
  private(set) var tokens: [Int32] = []
  private(set) var endsUnknown = false
  private var following: [Int32] = []
  private var preceding: [Int32] = []

  mutating func removeAll() {
    tokens.removeAll(keepingCapacity: true)
    following.removeAll(keepingCapacity: true)
    preceding.removeAll(keepingCapacity: true)
    endsUnknown = false
  }

  var count: Int { tokens.count }

  mutating func append(_ token: Int32, isUnknown: Bool) {
    let place = Int32(truncatingIfNeeded: tokens.count)
    if place > 0 { following[tokens.count - 1] = place }
    tokens.append(token)
    preceding.append(place - 1)
    following.append(-1)
    endsUnknown = isUnknown
  }

  /// Nil for the last symbol and for one that was joined to another.
  func next(of place: Int) -> Int? { tokens[place] < 0 || following[place] < 0 ? nil : Int(following[place]) }
  func previous(of place: Int) -> Int? { preceding[place] < 0 ? nil : Int(preceding[place]) }

  mutating func join(_ place: Int, with next: Int, as token: Int32) {
    tokens[place] = token
    tokens[next] = -1
    following[place] = following[next]
    if following[next] >= 0 { preceding[Int(following[next])] = Int32(truncatingIfNeeded: place) }
  }

  func appendTokens(to ids: inout [Int32]) {
    for token in tokens where token >= 0 { ids.append(token) }
  }
}

/// A binary heap of merges, lowest rank first, then lowest position.
private struct MergeQueue {
  private var heap: [UInt64] = []

  mutating func removeAll() { heap.removeAll(keepingCapacity: true) }

  private static func entry(_ rank: Int32, _ position: Int) -> UInt64 {
    UInt64(UInt32(bitPattern: rank)) << 32 | UInt64(truncatingIfNeeded: position)
  }

  /// Adds without order; `arrange()` must follow.
  mutating func add(rank: Int32, position: Int) { heap.append(Self.entry(rank, position)) }

  mutating func arrange() {
    for index in stride(from: heap.count / 2 - 1, through: 0, by: -1) { sink(index) }
  }

  mutating func insert(rank: Int32, position: Int) {
    let entry = Self.entry(rank, position)
    heap.append(entry)
    var index = heap.count - 1
    while index > 0, heap[(index - 1) / 2] > entry {
      heap[index] = heap[(index - 1) / 2]
      index = (index - 1) / 2
    }
    heap[index] = entry
  }

  mutating func popFirst() -> (rank: Int32, position: Int)? {
    guard let first = heap.first, let last = heap.popLast() else { return nil }
    if !heap.isEmpty {
      heap[0] = last
      sink(0)
    }
    return (Int32(truncatingIfNeeded: first >> 32), Int(first & 0xffff_ffff))
  }

  private mutating func sink(_ start: Int) {
    var index = start
    let entry = heap[index]
    while index * 2 + 1 < heap.count {
      var child = index * 2 + 1
      if child + 1 < heap.count, heap[child + 1] < heap[child] { child += 1 }
      guard heap[child] < entry else { break }
      heap[index] = heap[child]
      index = child
    }
    heap[index] = entry
  }
}
