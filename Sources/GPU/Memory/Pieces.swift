/// Bytes cut into pieces of whole rows, none larger than a given size unless one row is.
///
/// A collection without storage: moving a few bytes to or from a mapped buffer allocates nothing.
package struct Pieces: RandomAccessCollection {
  private let byteCount: Int
  private let step: Int

  package init(
    of byteCount: Int, rowGranularity: Int = 1, atMost pieceByteCount: Int = StagingBuffers.pieceByteCount
  ) {
    self.byteCount = byteCount
    let row = Swift.max(1, rowGranularity)
    step = Swift.max(1, pieceByteCount / row) * row
  }

  package var startIndex: Int { 0 }
  package var endIndex: Int { (byteCount + step - 1) / step }
  package subscript(index: Int) -> Range<Int> { index * step..<Swift.min(index * step + step, byteCount) }
}
