/// How often each id of the vocabulary was chosen, 65,535 times at most.
public struct TokenCounts: Hashable, Sendable {
  /// Half `id` % 2 of word `id` / 2, the low one first; empty where nothing is counted.
  public private(set) var words: [UInt32] = []

  public init() {}

  /// - Parameter ids: those outside the vocabulary are left out.
  public init(_ ids: some Swift.Sequence<Int32>, vocabularySize: Int) {
    words = [UInt32](repeating: 0, count: Self.wordCount(vocabularySize: vocabularySize))
    for id in ids { count(id) }
  }

  public static func wordCount(vocabularySize: Int) -> Int { (vocabularySize + 1) / 2 }

  public subscript(id: Int32) -> UInt32 {
    words.indices.contains(Int(id) >> 1) ? words[Int(id) >> 1] >> Self.shift(id) & 0xffff : 0
  }

  /// Counts `id` once more.
  public mutating func count(_ id: Int32) {
    guard words.indices.contains(Int(id) >> 1), self[id] < 0xffff else { return }
    words[Int(id) >> 1] += 1 << Self.shift(id)
  }

  private static func shift(_ id: Int32) -> UInt32 { 16 * UInt32(id & 1) }
}
