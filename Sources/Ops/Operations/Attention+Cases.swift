import Tensors

extension Attention {
  public static var cases: [OperationCase] {
    let whole: [(Attention, [BlockFormat])] = [
      (Attention((4, 2, 32)), CacheLayout.formats), (Attention((2, 2, 20)), [.f16, .f32]),
      (Attention((1, 1, 6)), [.f16, .f32]), (Attention((3, 1, 80)), [.q8_0]),
      (Attention((8, 2, 128)), [.f16, .q8_0]), (Attention((2, 1, 256)), [.f16]),
    ]
    // Windows of one position, shorter than any block, of a page, around a span, and longer than most contexts: the numbers
    // are pushed, so that they share pipelines.
    let limited: [(Attention, [BlockFormat])] =
      [1, 5, 64, 130, 700].map { (Attention((4, 2, 32), window: $0), [.f32]) } + [
        (Attention((1, 1, 40), window: 60, softCap: 2), [.f32]),
        (Attention((1, 1, 6), window: 7, softCap: 0.5), [.f16]),
      ]
    return cases(whole, wholeSteps) + cases(limited, limitedSteps)
  }

  /// A step's rows, where the first begins, how many sequences it serves and how values are spread.
  private typealias Rows = (tokens: Int, start: Int, sequences: Int, spread: OperationCase.Spread)

  private static let wholeSteps: [Rows] = [
    (1, 0, 1, .normal), (1, 7, 1, .large), (1, 200, 1, .small), (9, 60, 1, .normal), (3, 127, 1, .coarse),
    (2, 1100, 1, .normal), (5, 130, 2, .normal), (12, 140, 12, .coarse), (19, 131, 3, .normal),
    (20, 119, 1, .broken),
  ]

  /// Rows within a window, at its edge and beyond, and such whose windows begin in different spans.
  private static let limitedSteps: [Rows] = [
    (1, 3, 1, .normal), (9, 60, 1, .large), (20, 250, 1, .coarse), (2, 1100, 1, .normal), (22, 200, 2, .normal),
  ]

  private static func cases(_ operations: [(Attention, [BlockFormat])], _ steps: [Rows]) -> [OperationCase] {
    operations.flatMap { operation, formats in
      formats.flatMap { format in steps.map { operation.candidate($0, format) } }
    }
  }

  /// Heads, heads of keys and values, and dimensions of a head.
  private init(_ sizes: (Int, Int, Int), window: Int? = nil, softCap: Float? = nil) {
    self.init(
      heads: sizes.0, keyValueHeads: sizes.1, headDimension: sizes.2, scale: 1 / Float(sizes.2).squareRoot(),
      window: window, softCap: softCap)
  }

  private func candidate(_ rows: Rows, _ format: BlockFormat) -> OperationCase {
    let company = rows.sequences > 1 ? " of \(rows.sequences) sequences" : ""
    let limits = (window.map { ", window \($0)" } ?? "") + (softCap.map { ", cap \($0)" } ?? "")
    return .oneStep(
      "\(heads)/\(keyValueHeads)×\(headDimension)\(limits), \(rows.tokens)\(company) at \(rows.start), \(format) "
        + "\(rows.spread)",
      tokens: rows.tokens, start: rows.start, sequences: rows.sequences, keyValueFormat: format, spread: rows.spread
    ) { program throws(ProgramError) in
      let queries = program.input("q", rows: .tokens, columns: heads * headDimension)
      let cache = program.keyValueCache(layer: 0, heads: keyValueHeads, headDimension: headDimension)
      return try program.append(self, [queries, cache], name: "attended")
    }
  }
}
