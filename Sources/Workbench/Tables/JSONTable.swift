import Foundation

extension ResultTable {
  /// An array of objects, one member a line.
  var json: String {
    let objects = jsonObjects.map { members in
      "  {\n" + members.map { "    \($0): \($1)" }.joined(separator: ",\n") + "\n  }"
    }
    return "[\n" + objects.joined(separator: ",\n") + "\n]\n"
  }

  /// An object a line.
  var jsonLines: String {
    jsonObjects.map { members in "{" + members.map { "\($0): \($1)" }.joined(separator: ", ") + "}\n" }.joined()
  }

  /// Names and values as JSON, samples last.
  private var jsonObjects: [[(String, String)]] {
    let columns = fileColumns(withSamples: true)
    let ordered =
      columns.filter { !$0.values.contains { $0.isList } } + columns.filter { $0.values.contains { $0.isList } }
    return rows.indices.map { row in
      ordered.map { (JSONText.string($0.column.name), JSONText.value($0.values[row])) }
    }
  }
}

/// JSON written by hand where its layout is given.
enum JSONText {
  static func string(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\u{0}"..."\u{1f}", "\u{7f}", "\u{2028}", "\u{2029}": result += String(format: "\\u%04x", scalar.value)
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }

  /// JSON has no word for what is not finite: null.
  static func number(_ value: Double) -> String {
    if let integer = Int(exactly: value), abs(integer) < 1 << 53 { return "\(integer)" }
    return value.isFinite ? "\(value)" : "null"
  }

  static func value(_ value: ResultTable.Value) -> String {
    switch value {
    case .text(let text): string(text)
    case .integer(let integer): "\(integer)"
    case .number(let number): number.isFinite ? "\(number)" : "null"
    case .flag(let flag): "\(flag)"
    case .numbers(let values): values.isEmpty ? "[]" : "[ \(values.map(number).joined(separator: ", ")) ]"
    case .missing: "null"
    }
  }
}
