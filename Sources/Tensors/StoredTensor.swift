/// One tensor whose bytes lie in a mapped file or in memory.
public struct StoredTensor: Sendable {
  public let name: String
  public let spec: TensorSpec
  let bytes: ByteSource
  private var rowOrder = RowOrder.asStored

  /// - Throws: `TensorError` where `bytes` are not exactly those of `spec`.
  package init(name: String, spec: TensorSpec, bytes: ByteSource) throws(TensorError) {
    guard let rowByteCount = spec.format.byteCount(elementCount: spec.columnCount) else {
      throw TensorError(
        "tensor \(name): a row of \(spec.columnCount) elements is no whole number of \(spec.format) blocks")
    }
    let (expected, overflow) = rowByteCount.multipliedReportingOverflow(by: spec.rowCount)
    guard !overflow, expected == bytes.byteCount else {
      throw TensorError("tensor \(name): \(spec) needs \(expected) bytes, the file has \(bytes.byteCount)")
    }
    self.name = name
    self.spec = spec
    self.bytes = bytes
  }

  /// A tensor in memory, rounded to `spec.format`; for tests and synthetic weights.
  public init(name: String, spec: TensorSpec, values: [Float]) throws(TensorError) {
    guard let byteCount = spec.format.byteCount(elementCount: values.count) else {
      throw TensorError("tensor \(name): \(values.count) elements are no whole number of \(spec.format) blocks")
    }
    var stored = [UInt8](repeating: 0, count: byteCount)
    var span = stored.mutableSpan
    var raw = span.mutableBytes
    spec.format.encode(values.span, into: &raw)
    try self.init(name: name, spec: spec, bytes: .memory(stored))
  }

  /// A tensor whose rows are those of `tile` over and over, from row `start` of it on; for synthetic weights.
  ///
  /// - Parameter tile: whole rows of `spec.format`, shared by every tensor that repeats it.
  /// - Throws: `TensorError` where the tile is empty or holds no whole rows.
  public init(name: String, spec: TensorSpec, repeating tile: [UInt8], from start: Int) throws(TensorError) {
    guard let rowByteCount = spec.format.byteCount(elementCount: spec.columnCount), rowByteCount > 0, !tile.isEmpty,
      tile.count.isMultiple(of: rowByteCount), start >= 0
    else { throw TensorError("tensor \(name): a tile of \(tile.count) bytes is no whole number of rows of \(spec)") }
    let (byteCount, overflow) = rowByteCount.multipliedReportingOverflow(by: spec.rowCount)
    guard !overflow else { throw TensorError("tensor \(name): \(spec) is too large") }
    let offset = start % (tile.count / rowByteCount) * rowByteCount
    try self.init(name: name, spec: spec, bytes: .repeating(tile, offset: offset, byteCount: byteCount))
  }

  /// Rows after which the tensor repeats; nil where it does not.
  var rowPeriod: Int? {
    guard case .repeating(let tile, _, _) = bytes, rowByteCount > 0 else { return nil }
    return tile.count / rowByteCount
  }

  /// The same tensor with its rows in the order that programs read them in.
  ///
  /// - Throws: `TensorError` where the rows are no whole heads.
  public func reading(_ order: RowOrder) throws(TensorError) -> StoredTensor {
    guard order.fits(rowCount: spec.rowCount) else {
      throw TensorError("tensor \(name): \(spec.rowCount) rows are no whole heads")
    }
    var tensor = self
    tensor.rowOrder = order
    return tensor
  }

  var rowByteCount: Int { spec.rowCount == 0 ? 0 : bytes.byteCount / spec.rowCount }

  /// `body` with the bytes of one row after the other, `index` counting from the first of `rows`.
  func withRows(_ rows: Range<Int>, _ body: (_ index: Int, RawSpan) -> Void) throws(TensorError) {
    let width = rowByteCount
    if case .repeating = bytes {
      for (index, row) in rows.enumerated() {
        try bytes.withBytes((row * width)..<((row + 1) * width)) { body(index, $0) }
      }
      return
    }
    // The rows may be anywhere in a tensor whose order is another; asking for them at once costs one look at the file.
    let whole = rowOrder == .asStored ? rows : 0..<spec.rowCount
    try bytes.withBytes((whole.lowerBound * width)..<(whole.upperBound * width)) { span in
      for (index, row) in rows.enumerated() {
        let start = (rowOrder.storedRow(row) - whole.lowerBound) * width
        body(index, span.extracting(start..<(start + width)))
      }
    }
  }

  /// The same with rows rounded to `format`.
  func withRows(
    _ rows: Range<Int>, convertedTo format: BlockFormat, _ body: (_ index: Int, RawSpan) -> Void
  ) throws(TensorError) {
    guard format != spec.format else { return try withRows(rows, body) }
    var values = [Float](repeating: 0, count: spec.columnCount)
    var converted = [UInt8](repeating: 0, count: format.byteCount(elementCount: values.count) ?? 0)
    try withRows(rows) { index, bytes in
      var decoded = values.mutableSpan
      spec.format.decode(bytes, into: &decoded)
      var span = converted.mutableSpan
      var raw = span.mutableBytes
      format.encode(values.span, into: &raw)
      body(index, converted.span.bytes)
    }
  }
}

/// Where the bytes of a tensor are.
package enum ByteSource: Sendable {
  case file(MappedFile, Range<Int>)
  case memory([UInt8])
  /// `byteCount` bytes: the tile over and over, from `offset` of it on.
  case repeating([UInt8], offset: Int, byteCount: Int)

  var byteCount: Int {
    switch self {
    case .file(_, let range): range.count
    case .memory(let bytes): bytes.count
    case .repeating(_, _, let byteCount): byteCount
    }
  }

  func forgetFilePages() {
    if case .file(let file, let range) = self { file.forget(range) }
  }

  func withBytes(_ range: Range<Int>, _ body: (RawSpan) -> Void) throws(TensorError) {
    guard range.lowerBound >= 0, range.upperBound <= byteCount else {
      throw TensorError("bytes \(range) of a tensor with \(byteCount) bytes")
    }
    switch self {
    case .file(let file, let whole):
      try file.withBytes((whole.lowerBound + range.lowerBound)..<(whole.lowerBound + range.upperBound), body)
    case .memory(let bytes):
      body(bytes.span.bytes.extracting(range))
    case .repeating(let tile, let offset, _):
      let start = (offset + range.lowerBound) % tile.count
      guard start + range.count <= tile.count else {
        throw TensorError("bytes \(range) of a repeating tensor reach beyond one row")
      }
      body(tile.span.bytes.extracting(start..<(start + range.count)))
    }
  }
}
