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
    #expect(pool.reachableCapacity(of: id) == 192)
    pool.trim(id, toPositions: 64)
    #expect(pool.pages(of: id) == [0])
    pool.release(id)
    #expect(pool.freePageCount == 4)
    #expect(pool.ownerCount == 0)
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

  @Test func aTransferKeepsThePages() throws {
    var pool = KVPool(pageCount: 4, pagesPerSequence: 4)
    try pool.grant(130, to: SequenceID(0))
    try pool.transfer(from: SequenceID(0), to: SequenceID(1))
    #expect(pool.pages(of: SequenceID(1)) == [0, 1, 2])
    #expect(pool.pages(of: SequenceID(0)).isEmpty)
    try pool.grant(1, to: SequenceID(2))
    #expect(throws: KVPoolError.self) { try pool.transfer(from: SequenceID(1), to: SequenceID(2)) }
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
          #expect(count > pool.reachableCapacity(of: id), "seed \(seed): \(error)")
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
        guard let id else { continue }
        let pages = pool.pages(of: id)
        try pool.transfer(from: id, to: SequenceID(next))
        #expect(pool.pages(of: SequenceID(next)) == pages)
        promised[SequenceID(next)] = promised.removeValue(forKey: id)
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
