import Tensors
import Testing

@Suite struct FormatTests {
  private func encoded(_ values: [Float], _ format: BlockFormat) -> [UInt8] {
    var bytes = [UInt8](repeating: 0xaa, count: format.byteCount(elementCount: values.count) ?? 0)
    var span = bytes.mutableSpan
    var raw = span.mutableBytes
    format.encode(values.span, into: &raw)
    return bytes
  }

  private func decoded(_ bytes: [UInt8], _ format: BlockFormat) -> [Float] {
    var values = [Float](repeating: 0, count: bytes.count / format.blockByteCount * format.blockLength)
    var span = values.mutableSpan
    format.decode(bytes.span.bytes, into: &span)
    return values
  }

  @Test func single() {
    #expect(decoded([0x00, 0x00, 0x80, 0x3f, 0xda, 0x0f, 0x49, 0xc0], .f32) == [1, -.pi])
    #expect(encoded([1, -.pi], .f32) == [0x00, 0x00, 0x80, 0x3f, 0xda, 0x0f, 0x49, 0xc0])
  }

  @Test func half() {
    #expect(
      decoded([0x00, 0x3c, 0x00, 0xc0, 0xff, 0x7b, 0x01, 0x00, 0x00, 0x7c], .f16) == [1, -2, 65504, 0x1p-24, .infinity])
    // 1 + 2^-11 lies halfway and goes to the even neighbour; 65520 rounds beyond the largest number.
    #expect(encoded([1 + 0x1p-11, 1 + 3 * 0x1p-11, 65520], .f16) == [0x00, 0x3c, 0x02, 0x3c, 0x00, 0x7c])
  }

  @Test func brainFloat() {
    #expect(decoded([0x80, 0x3f, 0x49, 0xc0, 0x01, 0x00], .bf16) == [1, -3.140625, 0x1p-133])
    #expect(encoded([1 + 0x1p-8, 1 + 3 * 0x1p-8, 1 + 0x1.1p-8], .bf16) == [0x80, 0x3f, 0x82, 0x3f, 0x81, 0x3f])
    #expect(encoded([.greatestFiniteMagnitude, -.infinity], .bf16) == [0x80, 0x7f, 0x80, 0xff])
    #expect(decoded(encoded([.nan, Float(bitPattern: 0x7f80_0001)], .bf16), .bf16).allSatisfy { $0.isNaN })
  }

  @Test func eightBitBlocks() {
    let quants: [Int8] = (0..<32).map { Int8($0 * 8 - 128) }
    let scaleOfHalf: [UInt8] = [0x00, 0x38]
    let products: [Float] = quants.map { Float($0) * 0.5 }
    #expect(decoded(scaleOfHalf + quants.map { UInt8(bitPattern: $0) }, .q8_0) == products)
    // The largest magnitude, 63.5, becomes ±127 with a scale of 0.5: all these values come back exactly.
    let values: [Float] = quants.map { (Float($0) + 1) * 0.5 }
    #expect(decoded(encoded(values, .q8_0), .q8_0) == values)
    #expect(Array(encoded(values, .q8_0).prefix(3)) == [0x00, 0x38, 0x81])
    #expect(encoded([Float](repeating: 0, count: 32), .q8_0) == [UInt8](repeating: 0, count: 34))
  }

  @Test(arguments: [BlockFormat.f32, .f16, .bf16])
  func everyPatternOfSixteenBitsComesBack(_ format: BlockFormat) {
    let narrow: [Float] = (0...UInt16.max).map {
      format == .f16 ? Float(Float16(bitPattern: $0)) : Float(bitPattern: UInt32($0) << 16)
    }
    let back = decoded(encoded(narrow, format), format)
    #expect(zip(narrow, back).allSatisfy { $0.bitPattern == $1.bitPattern || ($0.isNaN && $1.isNaN) })
  }

  @Test func sizes() {
    #expect(BlockFormat.q8_0.byteCount(elementCount: 64) == 68)
    #expect(BlockFormat.q8_0.byteCount(elementCount: 63) == nil)
    #expect(BlockFormat.f32.byteCount(elementCount: .max) == nil)
    #expect(BlockFormat.f32.byteCount(elementCount: -1) == nil)
    #expect(BlockFormat.bf16.planeRowByteCounts(columnCount: 9) == [32])
    #expect(BlockFormat.q8_0.planeRowByteCounts(columnCount: 96) == [96, 16])
  }

  /// The padding of a device row is zero, and both planes of a block format hold its bytes.
  @Test func packing() throws {
    let narrow = try Weight([
      StoredTensor(name: "a", spec: TensorSpec(shape: [1, 3], format: .f16), values: [1, 2, 3])
    ])
    #expect(
      try packed(narrow, rows: 0..<1, plane: 0) == [0, 0x3c, 0, 0x40, 0, 0x42] + [UInt8](repeating: 0, count: 10))
    let quants: [Int8] = (0..<32).map { Int8($0 * 8 - 127) }
    let values: [Float] = quants.map { Float($0) * 0.5 } + quants.map { Float($0) }
    let blocks = try Weight([StoredTensor(name: "b", spec: TensorSpec(shape: [1, 64], format: .q8_0), values: values)])
    #expect(try packed(blocks, rows: 0..<1, plane: 0) == (quants + quants).map { UInt8(bitPattern: $0) })
    #expect(try packed(blocks, rows: 0..<1, plane: 1) == [0, 0x38, 0, 0x3c] + [UInt8](repeating: 0, count: 12))
  }

  @Test func joinedRows() throws {
    let first = try StoredTensor(name: "a", spec: TensorSpec(shape: [2, 2], format: .f32), values: [1, 2, 3, 4])
    let second = try StoredTensor(name: "b", spec: TensorSpec(shape: [1, 2], format: .f32), values: [5, 6])
    let weight = try Weight([first, second], format: .bf16)
    #expect(weight.rowCount == 3)
    var row: [Float] = [0, 0]
    try weight.decode(row: 2, into: &row)
    #expect(row == [5, 6])
    #expect(throws: TensorError.self) { try weight.decode(row: 3, into: &row) }
    let wide = try StoredTensor(name: "c", spec: TensorSpec(shape: [1, 3], format: .f32), values: [1, 2, 3])
    let half = try StoredTensor(name: "d", spec: TensorSpec(shape: [1, 2], format: .f16), values: [1, 2])
    #expect(throws: TensorError.self) { try Weight([first, wide]) }
    #expect(throws: TensorError.self) { try Weight([first, half]) }
    #expect(throws: TensorError.self) { try Weight([first], format: .q8_0) }
    #expect(throws: TensorError.self) { try Weight([]) }
  }

  private func packed(_ weight: Weight, rows: Range<Int>, plane: Int) throws -> [UInt8] {
    let width = weight.format.planeRowByteCounts(columnCount: weight.columnCount)[plane]
    var bytes = [UInt8](repeating: 0xaa, count: width * rows.count)
    var span = bytes.mutableSpan
    var raw = span.mutableBytes
    try weight.pack(rows: rows, plane: plane, into: &raw)
    return bytes
  }
}
