import GPU
import Ops
import Testing

@Suite struct FreeRangesTests {
  @Test func takesTheSmallestFittingRangeAligned() {
    var free = FreeRanges(byteCount: 1000)
    let first = [free.take(byteCount: 100, alignment: 1), free.take(byteCount: 10, alignment: 64)]
    #expect(first == [0..<100, 128..<138])
    #expect(free.ranges == [100..<128, 138..<1000])
    let later = [(20, 4), (900, 1), (1, 4096)].map { free.take(byteCount: $0.0, alignment: $0.1) }
    #expect(later == [100..<120, nil, nil])
  }

  @Test func givingBackJoinsNeighbours() throws {
    var free = FreeRanges(byteCount: 30)
    let taken = (0..<3).compactMap { _ in free.take(byteCount: 10, alignment: 1) }
    try #require(taken == [0..<10, 10..<20, 20..<30])
    #expect(free.ranges == [])
    free.give(taken[0])
    free.give(taken[2])
    #expect(free.ranges == [0..<10, 20..<30])
    free.give(taken[1])
    #expect(free.ranges == [0..<30])
  }

  @Test(arguments: 1...20 as ClosedRange<UInt64>)
  func randomUseNeverOverlapsAndLosesNothing(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    var free = FreeRanges(byteCount: 1 << 16)
    var taken: [Range<Int>] = []
    for _ in 0..<400 {
      if Bool.random(using: &random) || taken.isEmpty {
        let (size, alignment) = (Int.random(in: 1...3000, using: &random), 1 << Int.random(in: 0...8, using: &random))
        guard let range = free.take(byteCount: size, alignment: alignment) else { continue }
        #expect(range.lowerBound % alignment == 0 && range.count == size && range.upperBound <= 1 << 16)
        #expect(!taken.contains { $0.overlaps(range) })
        taken.append(range)
      } else {
        free.give(taken.remove(at: Int.random(in: taken.indices, using: &random)))
      }
      #expect(free.ranges.reduce(0) { $0 + $1.count } + taken.reduce(0) { $0 + $1.count } == 1 << 16)
      #expect(zip(free.ranges, free.ranges.dropFirst()).allSatisfy { $0.upperBound < $1.lowerBound })
    }
    for range in taken { free.give(range) }
    #expect(free.ranges == [0..<1 << 16])
  }
}

@Suite struct MemoryTypePolicyTests {
  private static let (local, visible, coherent, cached): (UInt32, UInt32, UInt32, UInt32) = (1, 2, 4, 8)

  private static func types(_ list: [(heap: Int, flags: UInt32)]) -> [MemoryType] {
    list.enumerated().map { MemoryType(index: $0, heap: $1.heap, flags: $1.flags) }
  }

  private static func indices(
    _ types: [MemoryType], _ heaps: [MemoryHeap], _ place: MemoryPlace, mask: UInt32 = .max, byteCount: Int = 1024
  ) -> [Int] {
    MemoryTypePolicy.candidates(types, heaps: heaps, allowedMask: mask, place: place, byteCount: byteCount).map(\.index)
  }

  /// Local memory, system memory, and a window of 256 MiB into the local memory.
  private static let smallWindow = (
    types: types([
      (0, local), (1, visible | coherent), (1, visible | coherent | cached), (2, local | visible | coherent),
    ]),
    heaps: [
      MemoryHeap(byteCount: 24 << 30, isDeviceLocal: true), MemoryHeap(byteCount: 64 << 30, isDeviceLocal: false),
      MemoryHeap(byteCount: 256 << 20, isDeviceLocal: true),
    ]
  )

  @Test func discreteCardWithASmallWindow() {
    let (types, heaps) = Self.smallWindow
    #expect(Self.indices(types, heaps, .device) == [0])
    #expect(Self.indices(types, heaps, .hostVisible) == [3, 1, 2])
    #expect(Self.indices(types, heaps, .hostVisible, byteCount: 64 << 20) == [1, 2, 3])
    #expect(Self.indices(types, heaps, .readBack).first == 2)
    #expect(Self.indices(types, heaps, .device, mask: 0b1000) == [])
  }

  @Test func wholeMemoryMappable() {
    let types = Self.types([(0, Self.local), (0, Self.local | Self.visible | Self.coherent)])
    let heaps = [MemoryHeap(byteCount: 24 << 30, isDeviceLocal: true)]
    #expect(Self.indices(types, heaps, .device) == [1, 0])
  }

  @Test func specialKindsAreLeftAlone() {
    let deviceCoherent: UInt32 = 0x40
    let types = Self.types([(0, Self.local | Self.visible | Self.coherent | deviceCoherent), (0, Self.local)])
    #expect(Self.indices(types, [MemoryHeap(byteCount: 1 << 30, isDeviceLocal: true)], .device) == [1])
  }
}
