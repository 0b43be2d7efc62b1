import GPU
import Ops
import Synchronization
import Testing

@Suite(.serialized) struct BufferTests {
  struct SourceFailure: Error, Equatable { var offset: Int }

  /// In place and through staging buffers.
  private static let ways = [true, false].map {
    DeviceOptions(pipelineCacheDirectory: nil, mapsDeviceMemory: $0)
  }

  @Test(arguments: [0, 1])
  func writtenBytesComeBack(way: Int) throws {
    try withDevice(Self.ways[way]) { device in
      for place in [MemoryPlace.device, .hostVisible, .readBack] {
        for byteCount in [1, 4, 255, 4096, 1_000_003] {
          var random = SeededGenerator(seed: UInt64(byteCount))
          let content = (0..<byteCount).map { _ in UInt8.random(in: 0...255, using: &random) }
          let buffer = try device.allocate(byteCount: byteCount, memory: place, label: "b")
          try device.write(buffer.slice, bytes: content)
          #expect(try device.read(buffer.slice) == content)
          let middle = buffer.slice(offset: byteCount / 3, byteCount: byteCount - byteCount / 3)
          #expect(try device.read(middle) == Array(content[(byteCount / 3)...]))
        }
      }
    }
  }

  @Test(arguments: [0, 1])
  func largeWritesComeInWholeRows(way: Int) throws {
    try withDevice(Self.ways[way]) { device in
      let (row, rows) = (3 << 20, 15)
      let buffer = try device.allocate(byteCount: row * rows, memory: .device, label: "rows")
      let pieces = Mutex<[Range<Int>]>([])
      try device.write(
        buffer.slice, rowGranularity: row,
        concurrently: { range, span in
          pieces.withLock { $0.append(range) }
          span.withUnsafeMutableBytes { bytes in
            for start in stride(from: 0, to: bytes.count, by: row) {
              bytes[start] = UInt8((range.lowerBound + start) / row + 1)
            }
          }
        })
      let written = pieces.withLock { $0 }.sorted { $0.lowerBound < $1.lowerBound }
      #expect(written == (0..<rows).map { $0 * row..<($0 + 1) * row })
      for index in 0..<rows {
        #expect(try device.read(buffer.slice(offset: index * row, byteCount: 1)) == [UInt8(index + 1)])
      }
    }
  }

  @Test func piecesOfRows() {
    let mebibyte = 1 << 20
    #expect(Array(Pieces(of: 10)) == [0..<10])
    #expect(Pieces(of: 40 * mebibyte).map(\.count) == [16, 16, 8].map { $0 * mebibyte })
    let longRows = Pieces(of: 60 * mebibyte, rowGranularity: 20 * mebibyte)
    #expect(longRows.map(\.count) == Array(repeating: 20 * mebibyte, count: 3))
    #expect(Array(Pieces(of: 5, rowGranularity: 0)) == [0..<5])
  }

  @Test(arguments: [0, 1])
  func failureOfTheSourceComesThrough(way: Int) throws {
    try withDevice(Self.ways[way]) { device in
      let buffer = try device.allocate(byteCount: 40 << 20, memory: .device, label: "b")
      do throws(WriteError<SourceFailure>) {
        try device.write(
          buffer.slice,
          concurrently: { (range, _) throws(SourceFailure) in
            if range.lowerBound >= 20 << 20 { throw SourceFailure(offset: range.lowerBound) }
          })
        Issue.record("nothing was thrown")
      } catch {
        guard case .source(let failure) = error else { throw error }
        #expect(failure == SourceFailure(offset: 20 << 20))
      }
      try device.write(buffer.slice) { _, _ in }
    }
  }

  @Test func fillSetsWordsOfTheSliceOnly() throws {
    try withDevice { device in
      let buffer = try device.allocate(byteCount: 32, memory: .device, label: "b")
      try device.fill(buffer.slice, word: 0x0102_0304)
      try device.fill(buffer.slice(offset: 8, byteCount: 8), word: 7)
      var expected = [UInt32](repeating: 0x0102_0304, count: 8)
      expected[2...3] = [7, 7]
      #expect(words(try device.read(buffer.slice)) == expected)
      #expect(throws: GPUError.self) { try device.fill(buffer.slice(offset: 2, byteCount: 4), word: 0) }
    }
  }

  @Test func smallBuffersShareABlock() throws {
    try withDevice { device in
      var buffers: [Buffer] = []
      for index in 0..<100 {
        let buffer = try device.allocate(byteCount: 1000 + index, memory: .device, label: "b\(index)")
        try device.write(buffer.slice, bytes: Array(repeating: UInt8(index), count: 1000 + index))
        buffers.append(buffer)
      }
      let one = device.reservedByteCount
      #expect(device.usedByteCount >= 100 * 1000 && device.usedByteCount < one)
      #expect(device.peakByteCount == device.usedByteCount)
      for (index, buffer) in buffers.enumerated() {
        #expect(try device.read(buffer.slice) == Array(repeating: UInt8(index), count: 1000 + index))
      }
      let large = try device.allocate(byteCount: 80 << 20, memory: .device, label: "large")
      #expect(device.reservedByteCount - one >= large.byteCount && device.reservedByteCount - one < 81 << 20)
      let peak = device.usedByteCount
      buffers = []
      withExtendedLifetime(large) { #expect(device.usedByteCount < peak && device.peakByteCount == peak) }
    }
  }

  @Test func memoryGoesBack() throws {
    try withDevice { device in
      for _ in 0..<3 {
        _ = try device.allocate(byteCount: 1 << 20, memory: .device, label: "b")
        #expect(device.usedByteCount == 0 && device.reservedByteCount == 0)
      }
    }
  }

  @Test func whatDoesNotFitIsRefusedWithTheGap() throws {
    try withDevice(DeviceOptions(pipelineCacheDirectory: nil, memoryLimitByteCount: 96 << 20)) { device in
      let kept = try device.allocate(byteCount: 40 << 20, memory: .device, label: "kept")
      let error = #expect(throws: GPUError.self) {
        try device.allocate(byteCount: 60 << 20, memory: .device, label: "weights")
      }
      guard case .outOfMemory(let missing)? = error?.kind else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(missing >= 4 << 20 && missing < 5 << 20)
      #expect(error?.description.contains("weights needs 60") == true)
      #expect(error?.description.contains("on heap 0") == true)
      #expect(error?.description.contains("missing") == true)
      // Too little for a block to share, enough for the buffer itself.
      let small = try device.allocate(byteCount: 50 << 20, memory: .device, label: "fits")
      withExtendedLifetime((kept, small)) {}
    }
  }

  @Test func impossibleSizesAndSlicesAreRefused() throws {
    try withDevice { device in
      for byteCount in [0, -1, Int.max, device.physical.maximumAllocationByteCount + 1] {
        let error = #expect(throws: GPUError.self) {
          try device.allocate(byteCount: byteCount, memory: .device, label: "b")
        }
        #expect(error?.kind == .invalid)
      }
      let buffer = try device.allocate(byteCount: 100, memory: .device, label: "b")
      let slices = [
        buffer.slice(offset: 0, byteCount: 101), buffer.slice(offset: 100, byteCount: 1),
        buffer.slice(offset: -1, byteCount: 2), buffer.slice(offset: 1, byteCount: Int.max),
        buffer.slice(offset: 0, byteCount: 0), buffer.slice.slice(offset: 99, byteCount: 2),
        buffer.slice(offset: 1, byteCount: 4).slice(offset: Int.max, byteCount: 1),
      ]
      for slice in slices { #expect(throws: GPUError.self) { try device.read(slice) } }
    }
  }

  @Test func foreignBufferIsRefused() throws {
    try withDevice { first in
      try withDevice { second in
        let buffer = try first.allocate(byteCount: 16, memory: .device, label: "b")
        #expect(throws: GPUError.self) { try second.read(buffer.slice) }
      }
    }
  }
}
