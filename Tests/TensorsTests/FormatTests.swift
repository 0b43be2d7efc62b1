import Foundation
import Ops
import Tensors
import TestKit
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

  @Test func fourBitBlocks() {
    let scaleOfHalf: [UInt8] = [0x00, 0x38]
    // Byte i holds i below and 15 - i above: numbers 0…15 rise from -4, numbers 16…31 fall from 3.5.
    let bytes = scaleOfHalf + (0..<16).map { UInt8($0 | (15 - $0) << 4) }
    let rising: [Float] = (0..<16).map { Float($0 - 8) * 0.5 }
    #expect(decoded(bytes, .q4_0) == rising + rising.reversed())
    #expect(encoded(rising + rising.reversed(), .q4_0) == bytes)
    #expect(decoded(encoded([Float](repeating: 0, count: 32), .q4_0), .q4_0).allSatisfy { $0 == 0 })
    #expect(BlockFormat.q4_0.planeRowByteCounts(columnCount: 96) == [48, 16])
  }

  /// One block of Q4_K: units 0.5 and 0.25; part p has scale 8p + 7 and minimum 63 - 8p.
  @Test func fourBitBlocksWithMinima() {
    let scales = (0..<8).map { UInt8(8 * $0 + 7) }
    let minima = (0..<8).map { UInt8(63 - 8 * $0) }
    var bytes: [UInt8] = [0x00, 0x38, 0x00, 0x34]
    bytes += (0..<4).map { scales[$0] | (scales[$0 + 4] >> 4) << 6 }
    bytes += (0..<4).map { minima[$0] | (minima[$0 + 4] >> 4) << 6 }
    bytes += (4..<8).map { scales[$0] & 15 | (minima[$0] & 15) << 4 }
    // Of 64 numbers the first 32 lie in the low halves of 32 bytes, the others in the high ones.
    bytes += (0..<128).map { UInt8($0 % 16 | (15 - $0 % 16) << 4) }
    let values = decoded(bytes, .q4_k)
    for i in 0..<256 {
      let part = i / 32
      let quant = part.isMultiple(of: 2) ? i % 16 : 15 - i % 16
      let expected = 0.5 * Float(scales[part]) * Float(quant) - 0.25 * Float(minima[part])
      #expect(values[i] == expected, "number \(i)")
    }
    #expect(BlockFormat.q4_k.planeRowByteCounts(columnCount: 768) == [384, 48])
  }

  /// One block of Q6_K: unit 0.5, part p has scale p - 8, number i is i mod 64.
  @Test func sixBitBlocks() {
    var low = [UInt8](repeating: 0, count: 128)
    var high = [UInt8](repeating: 0, count: 64)
    for i in 0..<256 {
      let (half, j, l) = (i / 128, i / 32 % 4, i % 32)
      low[64 * half + 32 * (j % 2) + l] |= UInt8(i % 16) << UInt8(j / 2 * 4)
      high[32 * half + l] |= UInt8(i % 64 / 16) << UInt8(2 * j)
    }
    let scales = (0..<16).map { UInt8(bitPattern: Int8($0 - 8)) }
    let values = decoded(low + high + scales + [0x00, 0x38], .q6_k)
    for i in 0..<256 { #expect(values[i] == 0.5 * Float(i / 16 - 8) * Float(i % 64 - 32), "number \(i)") }
    #expect(BlockFormat.q6_k.planeRowByteCounts(columnCount: 768) == [384, 192, 48, 16])
  }

  /// The gguf package gets the same bits from random and from extreme blocks.
  @Test(arguments: [BlockFormat.q8_0, .q4_0, .q4_k, .q6_k])
  func blocksDecodeAsElsewhere(_ format: BlockFormat) throws {
    let golden = try JSONValue(path: "\(Fixtures.directory)/formats.golden.json")
    func bytes(_ key: String) throws -> [UInt8] {
      [UInt8](try #require(golden[format.name]?[key]?.string.flatMap { Data(base64Encoded: $0) }))
    }
    let values = decoded(try bytes("blocks"), format)
    let expected = decoded(try bytes("values"), .f32)
    #expect(expected.count == 24 * format.blockLength)
    #expect(
      zip(values, expected).allSatisfy { $0.bitPattern == $1.bitPattern || ($0.isNaN && $1.isNaN) }
        && values.count == expected.count)
  }

  /// Encoding loses at most half a step of the coarsest part; whatever the floats are, it does not trap.
  @Test(arguments: [(BlockFormat.q4_0, 1 / 8, 0.09), (.q4_k, 1 / 15, 0.08), (.q6_k, 1 / 32, 0.02)])
  func encodingIsClose(_ format: BlockFormat, _ step: Float, _ deviation: Float) {
    var generator = SeededGenerator(seed: 5)
    let values = (0..<2048).map { _ in generator.nextNormal() }
    let largest = values.reduce(0) { max($0, abs($1)) }
    let back = decoded(encoded(values, format), format)
    #expect(zip(values, back).allSatisfy { abs($0 - $1) <= step * largest * 1.1 })
    let error = zip(values, back).reduce(Float(0)) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    #expect((error / 2048).squareRoot() < deviation)
    for odd: Float in [0, .nan, .infinity, -.infinity, .greatestFiniteMagnitude, .leastNonzeroMagnitude, -1e-9] {
      var spoilt = values
      spoilt[300] = odd
      #expect(decoded(encoded(spoilt, format), format).count == 2048)
      let alike = [Float](repeating: odd, count: 256)
      #expect(decoded(encoded(alike, format), format).count == 256)
    }
  }

  /// What kernels add up is at least the value itself, and more where values are differences.
  @Test(arguments: BlockFormat.all)
  func magnitudes(_ format: BlockFormat) {
    var generator = SeededGenerator(seed: 6)
    let bytes = encoded((0..<512).map { _ in generator.nextNormal() }, format)
    let values = decoded(bytes, format)
    var magnitudes = [Float](repeating: 0, count: 512)
    var span = magnitudes.mutableSpan
    format.decodeMagnitudes(bytes.span.bytes, into: &span)
    #expect(zip(values, magnitudes).allSatisfy { abs($0) <= $1 })
    #expect((magnitudes == values.map { abs($0) }) == (format != .q4_k))
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
    let mixed = try Weight([first, second, half])
    #expect(mixed.segments == [WeightRows(0..<3, .f32), WeightRows(3..<4, .f16)])
    try mixed.decode(row: 3, into: &row)
    #expect(row == [1, 2])
    #expect(try packed(mixed, rows: 3..<4, plane: 0).prefix(4) == [0, 0x3c, 0, 0x40])
    #expect(throws: TensorError.self) { try packed(mixed, rows: 2..<4, plane: 0) }
    #expect(try Weight([first, half], format: .bf16).segments == [WeightRows(0..<3, .bf16)])
    #expect(throws: TensorError.self) { try Weight([first], format: .q8_0) }
    #expect(throws: TensorError.self) { try Weight([]) }
  }

  /// Pairs that lie side by side in a file come back as halves of a head.
  @Test func neighbouringPairs() throws {
    let values: [Float] = (0..<12).map { Float($0) }
    let stored = try StoredTensor(name: "q", spec: TensorSpec(shape: [12, 1], format: .f32), values: values)
    let weight = try Weight([stored.reading(.neighbouringPairs(dimension: 6))])
    var rows: [Float] = []
    for index in 0..<12 {
      var row: [Float] = [0]
      try weight.decode(row: index, into: &row)
      rows += row
    }
    #expect(rows == [0, 2, 4, 1, 3, 5, 6, 8, 10, 7, 9, 11])
    #expect(throws: TensorError.self) { try stored.reading(.neighbouringPairs(dimension: 8)) }
    #expect(throws: TensorError.self) { try stored.reading(.neighbouringPairs(dimension: 3)) }
  }

  private func packed(_ weight: Weight, rows: Range<Int>, plane: Int) throws -> [UInt8] {
    let format = try #require(weight.segments.first { $0.range.contains(rows.lowerBound) }?.format)
    let width = format.planeRowByteCounts(columnCount: weight.columnCount)[plane]
    var bytes = [UInt8](repeating: 0xaa, count: width * rows.count)
    var span = bytes.mutableSpan
    var raw = span.mutableBytes
    try weight.pack(rows: rows, plane: plane, into: &raw)
    return bytes
  }
}
