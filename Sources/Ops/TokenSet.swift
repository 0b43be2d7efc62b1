/// A set of ids, one bit for each id of the vocabulary.
public struct TokenSet: Hashable, Sendable {
  /// Bit `id` % 32 of word `id` / 32; empty where the set cannot hold any.
  public private(set) var words: [UInt32] = []

  public init() {}

  /// - Parameter ids: those outside the vocabulary are left out.
  public init(_ ids: some Swift.Sequence<Int32>, vocabularySize: Int) {
    words = [UInt32](repeating: 0, count: Self.wordCount(vocabularySize: vocabularySize))
    for id in ids { insert(id) }
  }

  public static func wordCount(vocabularySize: Int) -> Int { (vocabularySize + 31) / 32 }

  public func contains(_ id: Int32) -> Bool {
    words.indices.contains(Int(id) >> 5) && words[Int(id) >> 5] >> UInt32(id & 31) & 1 == 1
  }

  public mutating func insert(_ id: Int32) {
    guard words.indices.contains(Int(id) >> 5) else { return }
    words[Int(id) >> 5] |= 1 << UInt32(id & 31)
  }
}
