/// A matrix of weights as a backend takes it: the rows of one or several stored tensors, one after the other.
public struct Weight: Sendable {
  /// The formats that the backend gets, in the order of the rows; neighbours differ.
  public let segments: [WeightRows]
  public let rowCount: Int
  public let columnCount: Int
  private let parts: [StoredTensor]
  private let conversion: BlockFormat?

  /// Joins `parts` by rows; each may be stored in its own format.
  ///
  /// - Parameter format: what to convert the rows to, row by row as they are read; nil keeps the stored formats.
  /// - Throws: `TensorError` where the parts differ in columns, or where the columns are no whole blocks of `format`.
  public init(_ parts: [StoredTensor], format: BlockFormat? = nil) throws(TensorError) {
    guard let first = parts.first else { throw TensorError("a weight needs at least one tensor") }
    var segments: [WeightRows] = []
    var rowCount = 0
    for part in parts {
      let columnCount = part.spec.columnCount
      guard columnCount == first.spec.columnCount else {
        throw TensorError(
          "tensors \(first.name) and \(part.name) cannot be joined: \(first.spec.columnCount) and \(columnCount) columns"
        )
      }
      let target = format ?? part.spec.format
      guard columnCount.isMultiple(of: target.blockLength) else {
        throw TensorError(
          "tensor \(part.name) has \(columnCount) columns, no multiple of \(target)'s block of \(target.blockLength)")
      }
      var start = rowCount
      rowCount += part.spec.rowCount
      if let last = segments.last, last.format == target { start = segments.removeLast().range.lowerBound }
      if start < rowCount { segments.append(WeightRows(start..<rowCount, target)) }
    }
    self.segments = segments
    self.parts = parts
    self.rowCount = rowCount
    conversion = format
    columnCount = first.spec.columnCount
  }

  /// Decoded values of row `row`, rounded to its format; `values` holds `columnCount` floats.
  public func decode(row: Int, into values: inout [Float]) throws(TensorError) {
    try withRow(row) { bytes, format in
      var span = values.mutableSpan
      format.decode(bytes, into: &span)
    }
  }

  /// As `decode`, but what kernels add up for each value, without signs.
  public func decodeMagnitudes(row: Int, into values: inout [Float]) throws(TensorError) {
    try withRow(row) { bytes, format in
      var span = values.mutableSpan
      format.decodeMagnitudes(bytes, into: &span)
    }
  }

  /// Writes rows `rows`, all of one segment, of plane `plane` as a device holds them.
  ///
  /// - Parameter interleave: so many rows lie side by side, 16 bytes of each in turn; where rows are missing, zeros.
  public func pack(
    rows: Range<Int>, plane: Int, interleave: Int = 1, into packed: inout MutableRawSpan
  ) throws(TensorError) {
    guard let segment = segments.first(where: { $0.range.clamped(to: rows) == rows }) else {
      throw TensorError("rows \(rows) of a weight with \(rowCount) rows do not lie in one format")
    }
    let width = segment.format.planeRowByteCounts(columnCount: columnCount)[plane]
    guard interleave > 1 else {
      return try withRows(rows) { index, bytes, format in
        var target = packed._mutatingExtracting((index * width)..<((index + 1) * width))
        format.pack(row: bytes, plane: plane, into: &target)
      }
    }
    var row = [UInt8](repeating: 0, count: width)
    try withRows(rows) { index, bytes, format in
      var span = row.mutableSpan
      var target = span.mutableBytes
      format.pack(row: bytes, plane: plane, into: &target)
      packed.store(row.span.bytes, asRow: index, interleave: interleave)
    }
    row = [UInt8](repeating: 0, count: width)
    for index in rows.count..<max(rows.count, packed.byteCount / width) {
      packed.store(row.span.bytes, asRow: index, interleave: interleave)
    }
  }

  /// `rows` cut where one part ends and the next begins, each with the rows after which it repeats, if it does.
  public func runs(in rows: Range<Int>) -> [(rows: Range<Int>, period: Int?)] {
    var runs: [(rows: Range<Int>, period: Int?)] = []
    var first = 0
    for part in parts {
      let run = (first..<(first + part.spec.rowCount)).clamped(to: rows)
      if !run.isEmpty { runs.append((run, part.rowPeriod)) }
      first += part.spec.rowCount
    }
    return runs
  }

  /// Lets go of the memory that reading left behind, once a backend holds its own copy.
  public func forgetFilePages() {
    for part in parts { part.bytes.forgetFilePages() }
  }

  private func withRow(_ row: Int, _ body: (RawSpan, BlockFormat) -> Void) throws(TensorError) {
    try withRows(row..<(row + 1)) { body($1, $2) }
  }

  /// `body` with the bytes of one row after the other, `index` counting from the first of `rows`, and their format.
  private func withRows(
    _ rows: Range<Int>, _ body: (_ index: Int, RawSpan, BlockFormat) -> Void
  ) throws(TensorError) {
    guard rows.lowerBound >= 0, rows.upperBound <= rowCount else {
      throw TensorError("rows \(rows) of a weight with \(rowCount) rows")
    }
    var first = 0
    for part in parts {
      defer { first += part.spec.rowCount }
      let own = (first..<(first + part.spec.rowCount)).clamped(to: rows)
      if own.isEmpty { continue }
      let format = conversion ?? part.spec.format
      try part.withRows((own.lowerBound - first)..<(own.upperBound - first), convertedTo: format) { index, bytes in
        body(own.lowerBound - rows.lowerBound + index, bytes, format)
      }
    }
  }
}

extension MutableRawSpan {
  /// Stores one row of whole 16 bytes as row `index` of those that lie side by side, 16 bytes of each in turn.
  fileprivate mutating func store(_ row: RawSpan, asRow index: Int, interleave: Int) {
    let start = index / interleave * interleave * row.byteCount + index % interleave * 16
    for unit in 0..<(row.byteCount / 16) {
      let target = start + unit * interleave * 16
      for half in [0, 8] {
        storeBytes(
          of: row.unsafeLoadUnaligned(fromByteOffset: 16 * unit + half, as: UInt64.self),
          toByteOffset: target + half, as: UInt64.self)
      }
    }
  }
}
