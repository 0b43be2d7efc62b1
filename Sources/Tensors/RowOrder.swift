/// In which order a file holds the rows of a matrix.
public enum RowOrder: Sendable, Hashable {
  case asStored
  /// In each head of `dimension` rows the pairs that rotate together are neighbours: row j of the first half is stored as
  /// row 2j, row j of the second half as row 2j + 1.
  case neighbouringPairs(dimension: Int)

  /// Where the file holds row `row`.
  func storedRow(_ row: Int) -> Int {
    guard case .neighbouringPairs(let dimension) = self else { return row }
    let (head, place) = row.quotientAndRemainder(dividingBy: dimension)
    let half = dimension / 2
    return head * dimension + (place < half ? 2 * place : 2 * (place - half) + 1)
  }

  /// Whether a matrix of `rowCount` rows is made of whole heads.
  func fits(rowCount: Int) -> Bool {
    guard case .neighbouringPairs(let dimension) = self else { return true }
    return dimension > 0 && dimension.isMultiple(of: 2) && rowCount.isMultiple(of: dimension)
  }
}
