import Tensors

extension ResultTable {
  /// The table that a csv, json or jsonl form was printed from, Kalsae's or llama-bench's; what is nested is left out.
  ///
  /// Lists of numbers are samples. Numbers of a csv file are told by how they look, column by column.
  ///
  /// - Throws: an error that names line and reason.
  package static func read(_ text: String) throws(TableError) -> ResultTable {
    let body = text.first == "\u{feff}" ? text.dropFirst() : text[...]
    switch body.first(where: { !$0.isWhitespace }) {
    case nil: throw TableError("the file is empty; it takes a table in the form csv, json or jsonl")
    case "[": return try fromObjects(try objects(String(body)))
    case "{": return try fromObjects(try lineObjects(body))
    case "|": throw TableError("a Markdown table holds rounded figures alone; write json, jsonl or csv")
    default:
      if body.hasPrefix("CREATE TABLE") { throw TableError("SQL is not read back; write json, jsonl or csv") }
      return try fromRecords(try CSVRecords.parse(body))
    }
  }

  private static func objects(_ text: String) throws(TableError) -> [JSONObject] {
    var objects: [JSONObject] = []
    for (index, value) in (try parsed(text, name: "the table").array ?? []).enumerated() {
      guard let object = value.object else { throw TableError("entry \(index + 1) of the array is no object") }
      objects.append(object)
    }
    return objects
  }

  /// An object a line, or one object over many lines.
  private static func lineObjects(_ text: Substring) throws(TableError) -> [JSONObject] {
    var objects: [JSONObject] = []
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    where line.contains(where: { !$0.isWhitespace }) {
      do throws(TableError) {
        guard let object = try parsed(String(line), name: "line \(index + 1)").object else {
          throw TableError("line \(index + 1) is no object")
        }
        objects.append(object)
      } catch {
        guard objects.isEmpty, let object = try? parsed(String(text), name: "the table").object else { throw error }
        return [object]
      }
    }
    return objects
  }

  private static func parsed(_ text: String, name: String) throws(TableError) -> JSONValue {
    do { return try JSONValue(parsing: Array(text.utf8), name: name) } catch { throw TableError(error.description) }
  }

  /// The columns in the order in which they first appear.
  private static func fromObjects(_ objects: [JSONObject]) throws(TableError) -> ResultTable {
    var names: [String] = []
    var positions: [String: Int] = [:]
    for object in objects {
      for (key, _) in object.members where positions[key.description] == nil {
        positions[key.description] = names.count
        names.append(key.description)
      }
    }
    guard !names.isEmpty else { throw TableError("the table has no rows") }
    let rows = objects.map { object in names.map { object[$0].map(value) ?? .missing } }
    return ResultTable(columns: names.map { Column(name: $0) }, rows: rows)
  }

  private static func value(_ json: JSONValue) -> Value {
    switch json {
    case .null, .object: return .missing
    case .bool(let flag): return .flag(flag)
    case .integer(let integer): return .integer(integer)
    case .number(let number): return .number(number)
    case .string(let string): return .text(string.description)
    case .array(let values):
      let numbers = values.compactMap(\.number)
      return numbers.count == values.count ? .numbers(numbers) : .missing
    }
  }

  private static func fromRecords(_ records: [CSVRecords.Record]) throws(TableError) -> ResultTable {
    guard let names = records.first?.fields, names.count > 1 else {
      throw TableError("the file is neither JSON nor a csv table with more than one column")
    }
    if let twice = names.first(where: { name in names.count { $0 == name } > 1 }) {
      throw TableError("line 1: the column \(quoted(twice)) stands twice")
    }
    for record in records.dropFirst() where record.fields.count != names.count {
      throw TableError("line \(record.line): \(record.fields.count) fields where the header has \(names.count)")
    }
    guard records.count > 1 else { throw TableError("the table has no rows") }
    let columns = names.indices.map { column in values(records.dropFirst().map { $0.fields[column] }) }
    let rows = (0..<records.count - 1).map { row in columns.map { $0[row] } }
    return ResultTable(columns: names.map { Column(name: $0) }, rows: rows)
  }

  /// Integers or numbers where every field of the column looks like one.
  private static func values(_ fields: [String]) -> [Value] {
    let present = fields.filter { !$0.isEmpty }
    if present.allSatisfy({ field in Int(field).map { "\($0)" == field } ?? false }) {
      return fields.map { Int($0).map(Value.integer) ?? .missing }
    }
    if present.allSatisfy({ number($0) != nil }) {
      return fields.map { number($0).map(Value.number) ?? .missing }
    }
    return fields.map { $0.isEmpty ? .missing : .text($0) }
  }

  /// Not every text that could be a number: a commit such as `12e45` or `0071234` is none.
  private static func number(_ field: String) -> Double? {
    if ["nan", "-nan", "inf", "-inf"].contains(field) { return Double(field) }
    guard field.allSatisfy({ $0.isASCII && ($0.isNumber || "+-.e".contains($0)) }) else { return nil }
    if field.contains("e"), !field.contains("e-"), !field.contains("e+") { return nil }
    let digits = field.drop { $0 == "-" }
    return digits.hasPrefix("0") && digits.dropFirst().first?.isNumber == true ? nil : Double(field)
  }
}
