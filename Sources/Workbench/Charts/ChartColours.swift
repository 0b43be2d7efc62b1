/// The colours of charts and pages, on light and on dark ground.
enum ChartColours {
  static let light = [
    "#2a78d6", "#1baf7a", "#eda100", "#4a3aa7", "#e34948", "#e87ba4", "#eb6834", "#008300",
  ]
  static let dark = [
    "#3987e5", "#199e70", "#c98500", "#9085e9", "#e66767", "#d55181", "#d95926", "#2f9e44",
  ]

  /// The class of the kernel with that rank by time: the longest eight have a colour each, the others share a grey.
  static func name(_ rank: Int) -> String { rank < light.count ? "c\(rank)" : "cx" }

  /// Custom properties for a selector.
  static func properties(_ selector: String) -> String {
    func colours(_ list: [String]) -> String {
      list.enumerated().map { "--c\($0):\($1)" }.joined(separator: ";")
    }
    return """
      \(selector){color-scheme:light dark;--ground:#fcfcfb;--card:#ffffff;--ink:#161615;--soft:#55534e;--faint:#8b8983;\
      --line:#e4e2dc;--hair:#efede8;--accent:#1f5fae;--cx:#a5a39c;\(colours(light))}
      @media (prefers-color-scheme:dark){\(selector){--ground:#171716;--card:#1f1f1d;--ink:#f4f3f0;--soft:#bdbbb3;\
      --faint:#8d8b84;--line:#383733;--hair:#2a2927;--accent:#7fb2f0;--cx:#75736d;\(colours(dark))}}
      """
  }

  /// Rules that give `fill` or `background` of each class its colour.
  static func rules(_ scope: String, property: String) -> String {
    (light.indices.map { "c\($0)" } + ["cx"]).map { "\(scope) .\($0){\(property):var(--\($0))}" }.joined(
      separator: "\n")
  }
}
