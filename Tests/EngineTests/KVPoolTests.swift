import Engine
import Ops
import Testing

@Suite struct KVPoolTests {
  @Test func pagesAreGrantedInOrderAndReturned() throws {
    var pool = KVPool(pageCount: 4, pagesPerSequence: 3)
    let id = SequenceID(0)
    try pool.grant(1, to: id)
    #expect(pool.pages(of: id) == [0])
    try pool.grant(64, to: id)
    #expect(pool.pages(of: id) == [0])
    try pool.grant(65, to: id)
    #expect(pool.pages(of: id) == [0, 1])
    #expect(pool.missingPageCount(for: 192, of: id) == 1)
    #expect(pool.missingPageCount(for: 64, of: id) == 0)
    pool.trim(id, toPositions: 64)
    #expect(pool.pages(of: id) == [0])
    pool.release(id)
    #expect(pool.freePageCount == 4)
    #expect(pool.holderCount == 0)
  }

  @Test func aGrantIsAllOrNothing() throws {
    var pool = KVPool(pageCount: 4, pagesPerSequence: 3)
    try pool.grant(100, to: SequenceID(0))
    #expect(throws: KVPoolError("sequence 0 needs 4 pages for 193 positions, the limit is 3")) {
      try pool.grant(193, to: SequenceID(0))
    }
    #expect(throws: KVPoolError("sequence 1 needs 3 more pages, 2 of 4 are free")) {
      try pool.grant(192, to: SequenceID(1))
    }
    #expect(pool.freePageCount == 2)
    try pool.checkIntegrity()
  }

  @Test func fullPagesAreSharedAndFreedWithTheirLastHolder() throws {
    var pool = KVPool(pageCount: 4, pagesPerSequence: 4)
    let (first, second, third) = (SequenceID(0), SequenceID(1), SequenceID(2))
    try pool.grant(130, to: first)
    #expect(try pool.share(130, of: first, with: second, finished: false) == 128)
    #expect(pool.pages(of: second) == [0, 1])
    #expect(pool.freePageCount(without: [first]) == 2)
    #expect(pool.freePageCount(without: [first, second]) == 4)
    pool.release(first)
    #expect(pool.freePageCount == 2)
    #expect(try pool.share(63, of: second, with: third, finished: false) == 0)
    #expect(pool.pages(of: third).isEmpty)
    #expect(throws: KVPoolError("sequence 1 has fewer than 129 positions to share")) {
      _ = try pool.share(129, of: second, with: third, finished: false)
    }
    try pool.grant(1, to: third)
    #expect(throws: KVPoolError("sequence 2 holds pages already")) {
      _ = try pool.share(64, of: second, with: third, finished: false)
    }
    try pool.checkIntegrity()
  }

  @Test func aFinishedSequenceHandsItsLastPageOver() throws {
    var pool = KVPool(pageCount: 4, pagesPerSequence: 4)
    let (first, second, third) = (SequenceID(0), SequenceID(1), SequenceID(2))
    try pool.grant(100, to: first)
    #expect(try pool.share(90, of: first, with: second, finished: true) == 90)
    #expect(pool.pages(of: first) == [0])
    #expect(pool.pages(of: second) == [0, 1])
    #expect(pool.freePageCount == 2)
    try pool.checkIntegrity()
    // The first page is shared, so that nobody may write behind its first positions.
    #expect(try pool.share(10, of: first, with: third, finished: true) == 0)
    // What lies behind the page would be lost.
    #expect(try pool.share(10, of: second, with: third, finished: true) == 0)
    #expect(pool.pages(of: second) == [0, 1])
    try pool.checkIntegrity()
  }

  @Test(arguments: 0..<20) func aSeededMixOfAllCallsKeepsTheBooks(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    var pool = KVPool(
      pageCount: Int.random(in: 1...40, using: &random), pagesPerSequence: Int.random(in: 1...12, using: &random))
    // Positions that each sequence was promised: the model of the books.
    var promised: [SequenceID: Int] = [:]
    var next = 0
    for _ in 0..<500 {
      let known = promised.keys.sorted()
      let id = known.randomElement(using: &random)
      switch Int.random(in: 0..<6, using: &random) {
      case 0:
        promised[SequenceID(next)] = 0
        next += 1
      case 1, 2:
        guard let id else { continue }
        let count = (promised[id] ?? 0) + Int.random(in: 0...200, using: &random)
        let free = pool.freePageCount
        do {
          try pool.grant(count, to: id)
          promised[id] = count
        } catch {
          let missing = pool.missingPageCount(for: count, of: id)
          #expect(
            missing > free || pool.pages(of: id).count + missing > pool.pagesPerSequence, "seed \(seed): \(error)")
          #expect(pool.freePageCount == free)
        }
      case 3:
        guard let id else { continue }
        let count = Int.random(in: 0...(promised[id] ?? 0), using: &random)
        pool.trim(id, toPositions: count)
        promised[id] = count
      case 4:
        guard let id else { continue }
        pool.release(id)
        promised[id] = nil
      default:
        guard let id, let count = promised[id] else { continue }
        let wanted = Int.random(in: 0...count, using: &random)
        let isFinished = Bool.random(using: &random)
        let shared = try pool.share(wanted, of: id, with: SequenceID(next), finished: isFinished)
        #expect(shared == wanted || shared == wanted / 64 * 64, "seed \(seed)")
        if shared == wanted, wanted % 64 != 0 { promised[id] = wanted / 64 * 64 }
        promised[SequenceID(next)] = shared
        next += 1
      }
      try pool.checkIntegrity()
      for (id, count) in promised {
        #expect(pool.pages(of: id).count == (count + 63) / 64, "seed \(seed)")
      }
    }
    for id in promised.keys { pool.release(id) }
    #expect(pool.freePageCount == pool.pageCount)
  }
}
