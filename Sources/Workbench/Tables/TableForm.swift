/// A form that a table is printed in. All but `text` are those of llama-bench's `-o`.
package enum TableForm: String, CaseIterable, Sendable {
  case text, md, csv, json, jsonl, sql
}

extension ResultTable {
  /// The table in that form, with a line end behind the last line.
  package func rendered(as form: TableForm) -> String {
    switch form {
    case .text: plainText
    case .md: markdown
    case .csv: commaSeparated
    case .json: json
    case .jsonl: jsonLines
    case .sql: sql
    }
  }

  private var plainText: String {
    let shown = shownColumns
    var table = TextTable(shown.map(\.column.heading), numeric: Set(shown.indices.filter { shown[$0].isRight }))
    for row in rows.indices { table.append(shown.map { $0.cells[row] }) }
    return (table.lines + notes).map { $0 + "\n" }.joined()
  }

  /// A header with bare names; every field in quotes.
  private var commaSeparated: String {
    let columns = fileColumns(withSamples: false)
    let header = columns.map { column, _ in
      column.name.unicodeScalars.contains { "\",\n".unicodeScalars.contains($0) }
        ? column.name.quotedDoubling("\"") : column.name
    }
    let lines = rows.indices.map { row in columns.map { $0.values[row].csvField.quotedDoubling("\"") } }
    return ([header] + lines).map { $0.joined(separator: ",") + "\n" }.joined()
  }
}

extension String {
  /// Between two of the mark, which stands twice where it is in the text. Scalars, not characters: a mark with an accent
  /// on it is one too.
  func quotedDoubling(_ mark: Unicode.Scalar) -> String {
    var result = UnicodeScalarView([mark])
    for scalar in unicodeScalars {
      if scalar == mark { result.append(mark) }
      result.append(scalar)
    }
    result.append(mark)
    return String(result)
  }
}

extension ResultTable.Value {
  /// What stands between the quotes: flags as 1 and 0, nothing where the value is missing.
  var csvField: String {
    switch self {
    case .text(let text): text
    case .integer(let integer): "\(integer)"
    case .number(let number): "\(number)"
    case .flag(let flag): flag ? "1" : "0"
    case .numbers, .missing: ""
    }
  }
}
