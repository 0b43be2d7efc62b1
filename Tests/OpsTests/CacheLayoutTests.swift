import Ops
import Tensors
import Testing

/// How keys and values lie on a device.
@Suite struct CacheLayoutTests {
  @Test(arguments: [(64, 68), (80, 88), (128, 136), (32, 36), (8, 12)])
  func eightBitsTakeABytePerNumberAndTwoPerBlock(headDimension: Int, byteCount: Int) {
    let layout = CacheLayout(headDimension: headDimension, format: .q8_0)
    #expect(layout.vectorByteCount == byteCount && layout.isStorable)
    #expect(CacheLayout(headDimension: headDimension, format: .f16).vectorByteCount == 2 * headDimension)
    #expect(!CacheLayout(headDimension: headDimension + 4, format: .q8_0).isStorable)
  }

  @Test func bytesOfAPageComeBeforeItsScales() {
    let layout = CacheLayout(headDimension: 80, format: .q8_0)
    let slots = ExecutionLimits.pageLength
    // In the second of two pages the third slot: blocks with the scales 1, 2 and 4, the last of 16 numbers.
    var values = [Float](repeating: 0, count: 2 * slots * 80)
    let start = (slots + 2) * 80
    values[start] = 127
    values[start + 1] = 2.5
    values[start + 2] = -2.5
    values[start + 3] = 2.4
    values[start + 33] = -254
    values[start + 64] = 508
    values[start + 79] = -8
    let bytes = layout.bytes(of: values)
    #expect(bytes.count == 2 * slots * 88)
    let numbers = slots * 88 + 2 * 80
    #expect(Array(bytes[numbers..<(numbers + 4)]) == [127, 3, 253, 2])
    #expect(bytes[numbers + 33] == 129 && bytes[numbers + 64] == 127 && bytes[numbers + 79] == 254)
    let scales = slots * 88 + slots * 80 + 2 * 8
    // 1, 2 and 4 as halves, then nothing.
    #expect(Array(bytes[scales..<(scales + 8)]) == [0, 0x3c, 0, 0x40, 0, 0x44, 0, 0])
    let own = Set(numbers..<(numbers + 80)).union(scales..<(scales + 8))
    #expect(bytes.indices.allSatisfy { bytes[$0] == 0 || own.contains($0) })
  }

  @Test(arguments: CacheLayout.formats, [24, 80, 128])
  func whatIsStoredStays(format: BlockFormat, headDimension: Int) {
    let layout = CacheLayout(headDimension: headDimension, format: format)
    var generator = SeededGenerator(seed: 5)
    let values = (0..<(ExecutionLimits.pageLength * headDimension)).map { _ in generator.nextNormal() }
    let once = layout.values(of: layout.bytes(of: values))
    #expect(layout.values(of: layout.bytes(of: once)) == once)
    #expect(Array(once.suffix(headDimension)) == layout.rounded(values.suffix(headDimension)))
    #expect(format == .f32 ? once == values : once != values)
  }

  @Test func whatIsNoNumberSpreadsToItsBlock() {
    let layout = CacheLayout(headDimension: 64, format: .q8_0)
    for bad in [Float.nan, .infinity, -.infinity] {
      var vector = [Float](repeating: 1, count: 64)
      vector[40] = bad
      let stored = layout.rounded(vector)
      #expect(stored[..<32].allSatisfy { abs($0 - 1) < 1e-3 } && stored[32...].allSatisfy(\.isNaN))
    }
  }
}
