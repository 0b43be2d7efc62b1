/// Consecutive rows of a weight that are stored alike.
public struct WeightRows: Sendable, Hashable {
  public let range: Range<Int>
  public let format: BlockFormat

  public init(_ range: Range<Int>, _ format: BlockFormat) {
    self.range = range
    self.format = format
  }
}
