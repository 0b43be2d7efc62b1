import Foundation

/// Pieces of SVG with short numbers.
enum SVGText {
  static func text(_ text: String, _ x: Double, _ y: Double, anchor: String = "start", kind: String = "") -> String {
    "<text\(kind.isEmpty ? "" : " class=\"\(kind)\"") x=\"\(short(x))\" y=\"\(short(y))\""
      + "\(anchor == "start" ? "" : " text-anchor=\"\(anchor)\"")>\(MarkupText.escaped(text))</text>"
  }

  static func path(_ kind: String, _ data: String) -> String { "<path class=\"\(kind)\" d=\"\(data)\"/>" }

  static func circle(_ kind: String, _ x: Double, _ y: Double, _ radius: Double, title: String? = nil) -> String {
    let head = "<circle class=\"\(kind)\" cx=\"\(short(x))\" cy=\"\(short(y))\" r=\"\(short(radius))\""
    return title.map { "\(head)><title>\(MarkupText.escaped($0))</title></circle>" } ?? head + "/>"
  }

  /// One decimal is a tenth of a pixel.
  static func short(_ value: Double) -> String {
    let text = String(format: "%.1f", value)
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }

  static func pair(_ point: (Double, Double)) -> String { "\(short(point.0)) \(short(point.1))" }

  /// A power of ten with the prefix of the SI: `0.01`, `10`, `1k`; with a unit, `100 GFLOP/s`.
  static func tick(_ value: Double, unit: String = "") -> String {
    if value < 1 { return String(format: "%g", value) + (unit.isEmpty ? "" : " " + unit) }
    let figure = Figures.metric(value, unit: unit).replacing(".00 ", with: " ").replacing(".0 ", with: " ")
    return unit.isEmpty ? figure.replacing(" ", with: "") : figure
  }
}
