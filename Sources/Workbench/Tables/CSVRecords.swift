/// RFC 4180: fields between commas, in quotes where they hold commas, quotes or line ends.
struct CSVRecords {
  struct Record {
    /// Where it begins, from 1.
    let line: Int
    var fields: [String] = []
  }

  private enum State { case start, bare, quoted, closed }

  private let bytes: [UInt8]
  private var records: [Record] = []
  private var record = Record(line: 1)
  private var field: [UInt8] = []
  private var state = State.start
  private var line = 1

  /// - Throws: an error that names the line.
  static func parse(_ text: Substring) throws(TableError) -> [Record] {
    var parser = CSVRecords(bytes: Array(text.utf8))
    return try parser.all()
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  private mutating func all() throws(TableError) -> [Record] {
    var position = 0
    while position < bytes.count {
      let byte = bytes[position]
      let next = position + 1 < bytes.count ? bytes[position + 1] : nil
      position += 1
      if byte == UInt8(ascii: "\n") { line += 1 }
      if state == .quoted {
        if byte != UInt8(ascii: "\"") {
          field.append(byte)
        } else if next == byte {
          field.append(byte)
          position += 1
        } else {
          state = .closed
        }
      } else if byte == UInt8(ascii: "\r"), next == UInt8(ascii: "\n") {
        continue
      } else {
        try take(byte)
      }
    }
    guard state != .quoted else { throw TableError("line \(record.line): a quoted field has no end") }
    endRecord()
    return records
  }

  private mutating func take(_ byte: UInt8) throws(TableError) {
    switch byte {
    case UInt8(ascii: ","): endField()
    case UInt8(ascii: "\n"): endRecord()
    case UInt8(ascii: "\""):
      guard state == .start else { throw TableError("line \(line): a quote stands inside a field") }
      state = .quoted
    default:
      guard state != .closed else { throw TableError("line \(line): text follows a closing quote") }
      state = .bare
      field.append(byte)
    }
  }

  private mutating func endField() {
    record.fields.append(String(decoding: field, as: UTF8.self))
    field = []
    state = .start
  }

  /// Empty lines are none.
  private mutating func endRecord() {
    if !record.fields.isEmpty || state != .start {
      endField()
      records.append(record)
    }
    record = Record(line: line)
  }
}
