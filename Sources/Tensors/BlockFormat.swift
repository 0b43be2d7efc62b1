/// How the values of a tensor lie in a file, and how a device holds them: a catalogue entry of `BlockFormat.all`.
///
/// A plain element type is a format with one element per block. On a device every row of a plane starts at a
/// multiple of 16 bytes, so that kernels read whole `uvec4`; the padding is zero.
public struct BlockFormat: Sendable {
  /// The name in files, on the command line and in kernel variants, for example `q8_0`.
  public let name: String
  /// Elements per block.
  public let blockLength: Int
  /// Bytes per block in a file.
  public let blockByteCount: Int

  let planeByteCounts: @Sendable (_ columnCount: Int) -> [Int]
  let decodeBlocks: @Sendable (_ bytes: RawSpan, _ values: inout MutableSpan<Float>) -> Void
  let encodeBlocks: @Sendable (_ values: Span<Float>, _ bytes: inout MutableRawSpan) -> Void
  let packRow: @Sendable (_ plane: Int, _ row: RawSpan, _ packed: inout MutableRawSpan) -> Void
  /// Only where values are sums: what their terms add up to without signs.
  var magnitudeBlocks: (@Sendable (_ bytes: RawSpan, _ values: inout MutableSpan<Float>) -> Void)?

  /// Bytes that `elementCount` elements take in a file, or nil where they are no whole blocks or overflow.
  public func byteCount(elementCount: Int) -> Int? {
    guard elementCount >= 0, elementCount.isMultiple(of: blockLength) else { return nil }
    let (count, overflow) = (elementCount / blockLength).multipliedReportingOverflow(by: blockByteCount)
    return overflow ? nil : count
  }

  /// Bytes that one row takes in each plane on a device, each a multiple of 16.
  public func planeRowByteCounts(columnCount: Int) -> [Int] {
    planeByteCounts(columnCount).map { ($0 + 15) / 16 * 16 }
  }

  /// Columns that a kernel loads at once: those of a `uvec4` of plane 0.
  public var groupLength: Int { 16 * 1024 / planeByteCounts(1024)[0] }

  /// Turns stored bytes into floats; `values.count` must be the number of elements in `bytes`.
  public func decode(_ bytes: RawSpan, into values: inout MutableSpan<Float>) { decodeBlocks(bytes, &values) }

  /// For each element what kernels add up for it, without signs: more than the value's own magnitude where the value is
  /// a difference.
  public func decodeMagnitudes(_ bytes: RawSpan, into values: inout MutableSpan<Float>) {
    if let magnitudeBlocks { return magnitudeBlocks(bytes, &values) }
    decodeBlocks(bytes, &values)
    for i in 0..<values.count { values[i] = abs(values[i]) }
  }

  /// Turns floats into stored bytes, rounding to the nearest; `bytes` must hold exactly the blocks of `values`.
  public func encode(_ values: Span<Float>, into bytes: inout MutableRawSpan) { encodeBlocks(values, &bytes) }

  /// Writes one stored row, without loss, as plane `plane` of a device holds it.
  public func pack(row: RawSpan, plane: Int, into packed: inout MutableRawSpan) { packRow(plane, row, &packed) }
}

extension BlockFormat: Hashable, CustomStringConvertible {
  public static func == (a: BlockFormat, b: BlockFormat) -> Bool { a.name == b.name }
  public func hash(into hasher: inout Hasher) { hasher.combine(name) }
  public var description: String { name }
}

extension BlockFormat {
  /// Every format that Kalsae knows; adding one is a file in `Formats/`, one in `shaders/formats/`, and a line here.
  public static let all: [BlockFormat] = [.f32, .f16, .bf16, .q8_0, .q4_0, .q4_k, .q6_k]

  /// The format of that name, or nil.
  public static func named(_ name: String) -> BlockFormat? { all.first { $0.name == name } }
}
