extension ResultTable {
  /// A table, made where it is not there yet, and an insertion a row; SQLite and PostgreSQL read it.
  var sql: String {
    let columns = fileColumns(withSamples: false)
    let table = Self.identifier(name)
    let names = columns.map { Self.identifier($0.column.name) }
    let definitions = zip(names, columns).map { "  \($0) \(Self.type(of: $1))" }
    let head = "CREATE TABLE IF NOT EXISTS \(table) (\n\(definitions.joined(separator: ",\n"))\n);\n\n"
    return rows.indices.reduce(into: head) { text, row in
      let values = columns.map { Self.literal($0.values[row]) }.joined(separator: ", ")
      text += "INSERT INTO \(table) (\(names.joined(separator: ", "))) VALUES (\(values));\n"
    }
  }

  /// The widest of its values, or what the format suggests where none is there.
  private static func type(of column: (column: Column, values: [Value])) -> String {
    let kinds = column.values.map { value in
      switch value {
      case .missing: 0
      case .integer, .flag: 1
      case .number: 2
      case .text, .numbers: 3
      }
    }
    if let kind = kinds.max(), kind > 0 { return ["", "INTEGER", "REAL", "TEXT"][kind] }
    return switch column.column.format {
    case .plain, .figure: "TEXT"
    case .bytes: "INTEGER"
    default: "REAL"
    }
  }

  /// All that is there is quoted, numbers too, as llama-bench does; the column's type turns it back.
  private static func literal(_ value: Value) -> String {
    if case .missing = value { return "NULL" }
    if let number = value.number, !number.isFinite { return "NULL" }
    return quoted(value.csvField, "'")
  }

  /// The bare name where SQL takes it so.
  private static func identifier(_ name: String) -> String {
    let isWord =
      name.first.map { $0.isASCII && $0.isLowercase || $0 == "_" } ?? false
      && name.allSatisfy { $0.isASCII && ($0.isLowercase || $0.isNumber || $0 == "_") }
    return isWord && !reservedWords.contains(name)
      ? name : quoted(name, "\"")
  }

  /// SQL ends a text at a zero byte.
  private static func quoted(_ text: String, _ mark: Unicode.Scalar) -> String {
    String(text.unicodeScalars.filter { $0.value != 0 }).quotedDoubling(mark)
  }

  /// Words that SQLite 3 or PostgreSQL 17 does not take as a bare name.
  private static let reservedWords = Set(
    """
    add all alter analyse analyze and any array as asc asymmetric authorization autoincrement between binary both
    case cast check collate collation column commit concurrently constraint create cross current_catalog
    current_date current_role current_schema current_time current_timestamp current_user default deferrable delete
    desc distinct do drop else end escape except exists false fetch for foreign freeze from full grant group having
    ilike in index initially inner insert intersect into is isnull join lateral leading left like limit localtime
    localtimestamp natural not nothing notnull null offset on only or order outer overlaps placing primary raise
    references returning right select session_user set similar some symmetric system_user table tablesample then to
    trailing transaction true union unique update user using values variadic verbose when where window with
    """.split(whereSeparator: \.isWhitespace).map(String.init))
}
