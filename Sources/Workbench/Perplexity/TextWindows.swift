/// How a long text is cut into windows, each read from its first token on, and which predictions of a window count.
///
/// Without overlap the second half of each window counts, as in llama.cpp; windows that overlap count their last `stride`
/// predictions, so that every token behind the first window's counts once. A rest shorter than a window is left out.
package struct TextWindows: Hashable, Sendable {
  /// Tokens of a window.
  package let length: Int
  /// Tokens from the start of a window to the next one's.
  package let stride: Int

  /// - Parameters:
  ///   - length: at least 4.
  ///   - stride: from 1 to `length`; nil for no overlap.
  package init(length: Int, stride: Int? = nil) {
    self.length = length
    self.stride = stride ?? length
  }

  /// Where windows start in a text of so many tokens.
  package func starts(tokenCount: Int) -> [Int] {
    tokenCount < length ? [] : Array(Swift.stride(from: 0, through: tokenCount - length, by: stride))
  }

  /// Rows of a window whose next token is predicted and counted; the last row has none.
  package var scoredRows: Range<Int> { (stride < length ? length - 1 - stride : length / 2)..<(length - 1) }

  /// The rows of a window in steps of at most `tokenCount`, those with scored rows of at most `outputCount`; the last row
  /// is left out.
  package func steps(tokenCount: Int, outputCount: Int) -> [Range<Int>] {
    func cut(_ rows: Range<Int>, _ count: Int) -> [Range<Int>] {
      Swift.stride(from: rows.lowerBound, to: rows.upperBound, by: count).map {
        $0..<min(rows.upperBound, $0 + count)
      }
    }
    return cut(0..<scoredRows.lowerBound, tokenCount) + cut(scoredRows, min(tokenCount, outputCount))
  }
}
