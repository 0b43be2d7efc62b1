/// The ids that chained steps chose: for each step one per output row.
public struct SampledTokens: Sendable, Hashable {
  /// Step after step, the ids of each in the order of its output rows.
  public internal(set) var ids: [Int32] = []
  /// Output rows of a step.
  public let outputCount: Int

  public init(_ ids: [Int32] = [], outputCount: Int) {
    self.ids = ids
    self.outputCount = outputCount
  }

  /// Steps that chose ids.
  public var stepCount: Int { outputCount == 0 ? 0 : ids.count / outputCount }

  public subscript(step: Int, output: Int) -> Int32 { ids[step * outputCount + output] }

  /// The ids of one step.
  public func step(_ index: Int) -> ArraySlice<Int32> { ids[index * outputCount..<(index + 1) * outputCount] }

  /// The ids that one output row got, step after step.
  public func row(_ output: Int) -> [Int32] { (0..<stepCount).map { self[$0, output] } }
}
