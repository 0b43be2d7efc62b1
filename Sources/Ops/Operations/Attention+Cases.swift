import Tensors

extension Attention {
  public static var cases: [OperationCase] {
    CacheLayout.formats.flatMap { format in
      wholeContexts.filter { $0.isStorable(format) }.flatMap { attention in
        steps.map { attention.candidate($0, format) }
      }
        + windowsAndCaps.filter { $0.isStorable(format) }.flatMap { attention in
          windowSteps.map { attention.candidate($0, format) }
        }
    }
  }

  /// A step's rows, where the first begins, how many sequences it serves and how values are spread.
  private typealias Rows = (tokens: Int, start: Int, sequences: Int, spread: OperationCase.Spread)

  private static let steps: [Rows] = [
    (1, 0, 1, .normal), (1, 7, 1, .large), (1, 200, 1, .small), (9, 60, 1, .normal), (3, 127, 1, .coarse),
    (2, 1100, 1, .normal), (5, 130, 2, .normal), (19, 245, 1, .normal), (21, 90, 3, .normal),
    (12, 140, 12, .coarse),
  ]

  private static var wholeContexts: [Attention] {
    [(4, 2, 32), (2, 2, 20), (3, 1, 80), (1, 1, 6), (8, 2, 128), (2, 1, 256)].map { Attention(($0, $1, $2)) }
  }

  /// Rows within a window, at its edge and beyond, and such whose windows begin in different blocks.
  private static let windowSteps: [Rows] = [
    (1, 3, 1, .normal), (1, 300, 1, .normal), (4, 126, 1, .normal), (9, 60, 1, .large), (20, 250, 1, .coarse),
    (22, 200, 2, .normal),
  ]

  /// Windows of one position, shorter than any block, of a page, around a span, and longer than most contexts.
  private static var windowsAndCaps: [Attention] {
    [
      Attention((4, 2, 32), window: 1), Attention((4, 2, 32), window: 5), Attention((8, 2, 128), window: 64),
      Attention((4, 2, 32), window: 130, softCap: 50), Attention((2, 1, 80), window: 40, softCap: 2),
      Attention((1, 1, 6), window: 7, softCap: 0.5), Attention((2, 1, 256), softCap: 50),
      Attention((2, 2, 32), window: 256),
    ]
  }

  /// Heads, heads of keys and values, and dimensions of a head.
  private init(_ sizes: (Int, Int, Int), window: Int? = nil, softCap: Float? = nil) {
    self.init(
      heads: sizes.0, keyValueHeads: sizes.1, headDimension: sizes.2, scale: 1 / Float(sizes.2).squareRoot(),
      window: window, softCap: softCap)
  }

  private func isStorable(_ format: BlockFormat) -> Bool {
    CacheLayout(headDimension: headDimension, format: format).isStorable
  }

  private func candidate(_ rows: Rows, _ format: BlockFormat) -> OperationCase {
    let company = rows.sequences > 1 ? " of \(rows.sequences) sequences" : ""
    let restriction = (window.map { ", window \($0)" } ?? "") + (softCap.map { ", cap \($0)" } ?? "")
    let name =
      "\(heads)/\(keyValueHeads)×\(headDimension)\(restriction), \(rows.tokens)\(company) at \(rows.start), "
      + "\(format) \(rows.spread)"
    return .oneStep(
      name, tokens: rows.tokens, start: rows.start, sequences: rows.sequences, keyValueFormat: format,
      spread: rows.spread
    ) { program throws(ProgramError) in
      let queries = program.input("q", rows: .tokens, columns: heads * headDimension)
      let cache = program.keyValueCache(layer: 0, heads: keyValueHeads, headDimension: headDimension)
      return try program.append(self, [queries, cache], name: "attended")
    }
  }
}
