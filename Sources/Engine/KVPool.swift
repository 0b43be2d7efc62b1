import Ops

/// Why pages cannot be granted, or what is wrong with the books: one sentence.
public struct KVPoolError: Error, Hashable, CustomStringConvertible {
  public let description: String
  public init(_ description: String) { self.description = description }
}

/// The books of the key-value pool: which sequences hold which page, and in which order.
///
/// A value without device memory; page `p` stands for slots `p × pageLength` and following of every layer's cache. Sequences
/// that begin alike share pages; a shared page is full, so that nobody writes to it.
public struct KVPool: Sendable {
  public let pageCount: Int
  public let pagesPerSequence: Int
  /// How many sequences hold each page.
  private var holderCounts: [Int]
  /// Free pages; the last one is granted next.
  private var freePages: [Int32]
  private var tables: [SequenceID: [Int32]] = [:]

  public init(pageCount: Int, pagesPerSequence: Int) {
    self.pageCount = pageCount
    self.pagesPerSequence = pagesPerSequence
    holderCounts = [Int](repeating: 0, count: pageCount)
    freePages = (0..<pageCount).reversed().map { Int32($0) }
  }

  public var freePageCount: Int { freePages.count }
  /// Sequences that hold at least one page.
  public var holderCount: Int { tables.count }

  /// The block table of a sequence: its pages in the order of positions.
  public func pages(of sequence: SequenceID) -> [Int32] { tables[sequence] ?? [] }

  /// Positions that the pages of a sequence hold.
  public func capacity(of sequence: SequenceID) -> Int { pages(of: sequence).count * pageLength }

  /// Pages that `sequence` lacks for `positionCount` positions.
  public func missingPageCount(for positionCount: Int, of sequence: SequenceID) -> Int {
    max(0, pageCount(for: positionCount) - pages(of: sequence).count)
  }

  /// Pages that would be free if `sequences` were released.
  public func freePageCount(without sequences: [SequenceID]) -> Int {
    var counts: [Int32: Int] = [:]
    for page in sequences.flatMap(pages) { counts[page, default: 0] += 1 }
    return freePageCount + counts.count { holderCounts[Int($0.key)] == $0.value }
  }

  /// Grows the table of `sequence` until it holds `positionCount` positions; all or nothing.
  ///
  /// - Throws: `KVPoolError` where the sequence would hold too many pages or too few are free.
  public mutating func grant(_ positionCount: Int, to sequence: SequenceID) throws(KVPoolError) {
    let owned = pages(of: sequence).count
    let needed = pageCount(for: positionCount)
    guard needed > owned else { return }
    guard needed <= pagesPerSequence else {
      throw KVPoolError(
        "\(sequence) needs \(needed) pages for \(positionCount) positions, the limit is \(pagesPerSequence)")
    }
    guard needed - owned <= freePages.count else {
      throw KVPoolError("\(sequence) needs \(needed - owned) more pages, \(freePages.count) of \(pageCount) are free")
    }
    for _ in owned..<needed {
      let page = freePages.removeLast()
      holderCounts[Int(page)] = 1
      tables[sequence, default: []].append(page)
    }
  }

  /// Takes back the pages behind the first `positionCount` positions.
  public mutating func trim(_ sequence: SequenceID, toPositions positionCount: Int) {
    guard var table = tables[sequence] else { return }
    while table.count > pageCount(for: positionCount) { letGo(table.removeLast()) }
    tables[sequence] = table.isEmpty ? nil : table
  }

  /// Takes back all pages of a sequence; nothing happens where it holds none.
  public mutating func release(_ sequence: SequenceID) { trim(sequence, toPositions: 0) }

  /// Lets `new`, which must hold no page, have the pages with the first `positionCount` positions of `old`.
  ///
  /// Full pages are shared. Where `positionCount` ends in the last page of `old`, that one goes over to `new` if `old` is `finished`
  /// and no other sequence holds it.
  /// - Returns: the positions that `new` has.
  public mutating func share(
    _ positionCount: Int, of old: SequenceID, with new: SequenceID, finished: Bool
  ) throws(KVPoolError) -> Int {
    guard tables[new] == nil else { throw KVPoolError("\(new) holds pages already") }
    guard positionCount <= capacity(of: old) else {
      throw KVPoolError("\(old) has fewer than \(positionCount) positions to share")
    }
    let fullCount = positionCount / pageLength
    var table = Array(pages(of: old).prefix(fullCount))
    for page in table { holderCounts[Int(page)] += 1 }
    var shared = fullCount * pageLength
    if finished, shared < positionCount, pages(of: old).count == fullCount + 1,
      holderCounts[Int(pages(of: old)[fullCount])] == 1
    {
      let page = pages(of: old)[fullCount]
      holderCounts[Int(page)] += 1
      table.append(page)
      trim(old, toPositions: shared)
      shared = positionCount
    }
    if !table.isEmpty { tables[new] = table }
    return shared
  }

  /// Proves that every page is either free or held by as many sequences as the books say.
  ///
  /// - Throws: `KVPoolError` that names the first page or sequence whose books differ.
  public func checkIntegrity() throws(KVPoolError) {
    var holders = [Int](repeating: 0, count: pageCount)
    for (sequence, table) in tables {
      guard !table.isEmpty else { throw KVPoolError("\(sequence) has an empty table") }
      guard table.count <= pagesPerSequence else { throw KVPoolError("\(sequence) has \(table.count) pages") }
      guard Set(table).count == table.count else { throw KVPoolError("\(sequence) has a page twice") }
      for page in table {
        guard holders.indices.contains(Int(page)) else {
          throw KVPoolError("\(sequence) has page \(page), which is none")
        }
        holders[Int(page)] += 1
      }
    }
    for page in 0..<pageCount where holders[page] != holderCounts[page] {
      throw KVPoolError("page \(page) is held \(holderCounts[page]) times, the tables have it \(holders[page]) times")
    }
    guard Set(freePages).count == freePages.count else { throw KVPoolError("a page is free twice") }
    for page in freePages where holderCounts[Int(page)] != 0 { throw KVPoolError("page \(page) is free and held") }
    let heldCount = holderCounts.count { $0 != 0 }
    guard heldCount + freePages.count == pageCount else {
      throw KVPoolError("\(pageCount - heldCount - freePages.count) pages are lost")
    }
  }

  private var pageLength: Int { ExecutionLimits.pageLength }
  private func pageCount(for positionCount: Int) -> Int { (positionCount + pageLength - 1) / pageLength }

  private mutating func letGo(_ page: Int32) {
    holderCounts[Int(page)] -= 1
    if holderCounts[Int(page)] == 0 { freePages.append(page) }
  }
}
