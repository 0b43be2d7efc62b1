/// Results in rows, from which every form that is printed follows.
package struct ResultTable: Sendable, Hashable {
  /// One cell.
  package enum Value: Sendable, Hashable {
    case text(String)
    case integer(Int)
    case number(Double)
    case flag(Bool)
    /// The samples behind a row; only JSON forms hold them.
    case numbers([Double])
    case missing
  }

  /// What a column is called and how people see it.
  package struct Column: Sendable, Hashable {
    /// In snake_case; what files call it. A measurement ends in its unit, as `avg_ns` does.
    package var name: String
    /// What people read above it.
    package var heading: String
    package var format: Format
    package var isShownToPeople: Bool
    /// Whether csv, json, jsonl and sql have it.
    package var isInFiles: Bool
    /// Characters that a Markdown cell is filled up to.
    package var minimumWidth: Int

    package init(
      name: String, heading: String? = nil, format: Format = .plain, isShownToPeople: Bool = true,
      isInFiles: Bool = true, minimumWidth: Int = 0
    ) {
      self.name = name
      self.heading = heading ?? name
      self.format = format
      self.isShownToPeople = isShownToPeople
      self.isInFiles = isInFiles
      self.minimumWidth = minimumWidth
    }
  }

  /// What SQL calls it.
  package var name: String
  package var columns: [Column]
  /// Each with a value per column.
  package var rows: [[Value]]
  /// Lines below the table where people read it.
  package var notes: [String]

  package init(name: String = "results", columns: [Column], rows: [[Value]] = [], notes: [String] = []) {
    self.name = name
    self.columns = columns
    self.rows = rows
    self.notes = notes
  }

  /// The cells under that name; nil where there is no such column.
  package subscript(column name: String) -> [Value]? {
    guard let index = columns.firstIndex(where: { $0.name == name }) else { return nil }
    return rows.map { index < $0.count ? $0[index] : .missing }
  }

  /// The columns that a file has, with their cells.
  func fileColumns(withSamples: Bool) -> [(column: Column, values: [Value])] {
    columns.indices.filter { columns[$0].isInFiles }
      .map { index in (columns[index], rows.map { index < $0.count ? $0[index] : .missing }) }
      .filter { withSamples || !$0.values.contains { $0.isList } }
  }

  /// The columns that people see: their headings, alignment and cells as text.
  var shownColumns: [(column: Column, isRight: Bool, cells: [String])] {
    columns.indices.filter { columns[$0].isShownToPeople }.map { index in
      let column = columns[index]
      let values = rows.map { index < $0.count ? $0[index] : Value.missing }
      let isRight = column.format != .plain || values.contains { $0.number != nil }
      return (column, isRight, values.map(column.format.shown))
    }
  }
}

extension ResultTable.Value {
  /// An integer or a number; nil for everything else.
  package var number: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    default: nil
    }
  }

  package var text: String? { if case .text(let text) = self { text } else { nil } }
  package var numbers: [Double]? { if case .numbers(let values) = self { values } else { nil } }
  var isList: Bool { numbers != nil }
}
