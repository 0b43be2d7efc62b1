import Ops

/// Why pages cannot be granted, or what is wrong with the books: one sentence.
public struct KVPoolError: Error, Hashable, CustomStringConvertible {
  public let description: String
  public init(_ description: String) { self.description = description }
}

/// The books of the key-value pool: which sequence owns which page, and in which order.
///
/// A value without device memory; page `p` stands for slots `p × pageLength` and following of every layer's cache.
public struct KVPool: Sendable {
  public let pageCount: Int
  public let pagesPerSequence: Int
  private var owners: [SequenceID?]
  /// Free pages; the last one is granted next.
  private var freePages: [Int32]
  private var tables: [SequenceID: [Int32]] = [:]

  public init(pageCount: Int, pagesPerSequence: Int) {
    self.pageCount = pageCount
    self.pagesPerSequence = pagesPerSequence
    owners = [SequenceID?](repeating: nil, count: pageCount)
    freePages = (0..<pageCount).reversed().map { Int32($0) }
  }

  public var freePageCount: Int { freePages.count }
  /// Sequences that own at least one page.
  public var ownerCount: Int { tables.count }

  /// The block table of a sequence: its pages in the order of positions.
  public func pages(of sequence: SequenceID) -> [Int32] { tables[sequence] ?? [] }

  /// Positions that the pages of a sequence hold.
  public func capacity(of sequence: SequenceID) -> Int { pages(of: sequence).count * pageLength }

  /// Positions that a sequence could hold if it were granted everything that is left.
  public func reachableCapacity(of sequence: SequenceID) -> Int {
    let owned = pages(of: sequence).count
    return min(owned + freePages.count, max(pagesPerSequence, owned)) * pageLength
  }

  /// Grows the table of `sequence` until it holds `positionCount` positions; all or nothing.
  ///
  /// - Throws: `KVPoolError` where the sequence would own too many pages or too few are free.
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
      owners[Int(page)] = sequence
      tables[sequence, default: []].append(page)
    }
  }

  /// Takes back the pages behind the first `positionCount` positions.
  public mutating func trim(_ sequence: SequenceID, toPositions positionCount: Int) {
    guard var table = tables[sequence] else { return }
    while table.count > pageCount(for: positionCount) { free(table.removeLast()) }
    tables[sequence] = table.isEmpty ? nil : table
  }

  /// Takes back all pages of a sequence; nothing happens where it owns none.
  public mutating func release(_ sequence: SequenceID) { trim(sequence, toPositions: 0) }

  /// Hands all pages of one sequence over to a new one, which must own none.
  public mutating func transfer(from old: SequenceID, to new: SequenceID) throws(KVPoolError) {
    guard tables[new] == nil else { throw KVPoolError("\(new) owns pages already") }
    guard let table = tables.removeValue(forKey: old) else { return }
    for page in table { owners[Int(page)] = new }
    tables[new] = table
  }

  /// Proves that every page is either free or in exactly one table, that of its owner.
  ///
  /// - Throws: `KVPoolError` that names the first page or sequence whose books differ.
  public func checkIntegrity() throws(KVPoolError) {
    var holders = [SequenceID?](repeating: nil, count: pageCount)
    for (sequence, table) in tables {
      guard !table.isEmpty else { throw KVPoolError("\(sequence) has an empty table") }
      guard table.count <= pagesPerSequence else { throw KVPoolError("\(sequence) has \(table.count) pages") }
      for page in table {
        guard owners.indices.contains(Int(page)) else {
          throw KVPoolError("\(sequence) has page \(page), which is none")
        }
        if let other = holders[Int(page)] {
          throw KVPoolError("page \(page) is in the tables of \(other) and \(sequence)")
        }
        holders[Int(page)] = sequence
      }
    }
    for page in 0..<pageCount where holders[page] != owners[page] {
      throw KVPoolError("page \(page) is owned by \(owners[page]?.description ?? "none"), the tables say otherwise")
    }
    guard Set(freePages).count == freePages.count else { throw KVPoolError("a page is free twice") }
    for page in freePages where owners[Int(page)] != nil { throw KVPoolError("page \(page) is free and owned") }
    let ownedCount = owners.count { $0 != nil }
    guard ownedCount + freePages.count == pageCount else {
      throw KVPoolError("\(pageCount - ownedCount - freePages.count) pages are lost")
    }
  }

  private var pageLength: Int { ExecutionLimits.pageLength }
  private func pageCount(for positionCount: Int) -> Int { (positionCount + pageLength - 1) / pageLength }

  private mutating func free(_ page: Int32) {
    owners[Int(page)] = nil
    freePages.append(page)
  }
}
