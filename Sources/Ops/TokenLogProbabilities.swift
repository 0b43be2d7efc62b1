/// What the model thought of a chosen id, by its logits as they were before biases, penalties, temperature and filters.
public struct TokenLogProbabilities: Hashable, Sendable {
  public struct Entry: Hashable, Sendable {
    public let id: Int32
    /// Natural logarithm.
    public let logProbability: Float

    public init(id: Int32, logProbability: Float) {
      self.id = id
      self.logProbability = logProbability
    }
  }

  /// Likeliest ids that can be asked for.
  public static let limit = 20
  /// Numbers in a row as devices write it: the chosen id's, then id and log-probability of each of the likeliest.
  package static let columns = 1 + 2 * limit

  /// Of the chosen id.
  public let chosen: Float
  /// The likeliest ids, equals by id; fewer than asked for only where no more are possible.
  public let likeliest: [Entry]

  public init(chosen: Float, likeliest: [Entry]) {
    self.chosen = chosen
    self.likeliest = likeliest
  }

  /// - Parameters:
  ///   - row: as `SamplingParameters.logProbabilities` gives it.
  ///   - count: of the likeliest.
  package init(row: ArraySlice<Float>, count: Int) {
    let first = row.startIndex
    chosen = row[first]
    likeliest = (0..<count).compactMap {
      guard let id = Int32(exactly: row[first + 1 + 2 * $0]), id >= 0 else { return nil }
      return Entry(id: id, logProbability: row[first + 2 + 2 * $0])
    }
  }
}
