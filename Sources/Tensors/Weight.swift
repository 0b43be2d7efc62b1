/// A matrix of weights as a backend takes it: the rows of one or several stored tensors, one after the other.
public struct Weight: Sendable {
  /// The format that the backend gets.
  public let format: BlockFormat
  public let rowCount: Int
  public let columnCount: Int
  let parts: [StoredTensor]

  /// Joins `parts` by rows.
  ///
  /// - Parameter format: what to convert the rows to, row by row as they are read; nil keeps the stored format.
  /// - Throws: `TensorError` where the parts differ in columns or, without `format`, in storage, or where the columns
  ///   are no whole blocks of `format`.
  public init(_ parts: [StoredTensor], format: BlockFormat? = nil) throws(TensorError) {
    guard let first = parts.first else { throw TensorError("a weight needs at least one tensor") }
    let target = format ?? first.spec.format
    for part in parts where part.spec.columnCount != first.spec.columnCount {
      throw TensorError(
        "tensors \(first.name) and \(part.name) cannot be joined: \(first.spec.columnCount) and \(part.spec.columnCount) columns"
      )
    }
    for part in parts where format == nil && part.spec.format != target {
      throw TensorError("tensors \(first.name) and \(part.name) cannot be joined: \(target) and \(part.spec.format)")
    }
    guard first.spec.columnCount.isMultiple(of: target.blockLength) else {
      throw TensorError(
        "tensor \(first.name) has \(first.spec.columnCount) columns, no multiple of \(target)'s block of \(target.blockLength)"
      )
    }
    self.format = target
    self.parts = parts
    self.columnCount = first.spec.columnCount
    self.rowCount = parts.reduce(0) { $0 + $1.spec.rowCount }
  }

  /// Decoded values of row `row`, rounded to `format`; `values` holds `columnCount` floats.
  public func decode(row: Int, into values: inout [Float]) throws(TensorError) {
    try withRow(row) { bytes in
      var span = values.mutableSpan
      format.decode(bytes, into: &span)
    }
  }

  /// Writes rows `rows` of plane `plane` as a device holds them.
  public func pack(rows: Range<Int>, plane: Int, into packed: inout MutableRawSpan) throws(TensorError) {
    let width = format.planeRowByteCounts(columnCount: columnCount)[plane]
    for (i, row) in rows.enumerated() {
      try withRow(row) { bytes in
        var target = packed._mutatingExtracting((i * width)..<((i + 1) * width))
        format.pack(row: bytes, plane: plane, into: &target)
      }
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

  private func withRow(_ row: Int, _ body: (RawSpan) -> Void) throws(TensorError) {
    var index = row
    for part in parts {
      if index >= part.spec.rowCount {
        index -= part.spec.rowCount
        continue
      }
      if part.spec.format == format { return try part.withRow(index, body) }
      return try part.withConvertedRow(index, to: format, body)
    }
    throw TensorError("row \(row) of a weight with \(rowCount) rows")
  }
}
