import Foundation
import Testing
import Workbench

@Suite struct ResultTableTests {
  static let awkward = [
    "plain", "quote \" and 'single'", "comma, pipe | and <tag>", "two\nlines\r\nthree", "back\\slash \\| pipe", "한글 칼새",
    "\"\u{301} accent on a quote", "tab\tand bell\u{7}", "line\u{2028}separator", " spaces ",
  ]

  /// Every kind of value, and text that each form could trip over.
  static let table = ResultTable(
    name: "kernels",
    columns: [
      .init(name: "case", heading: "case"), .init(name: "calls", heading: "calls"),
      .init(name: "gb_per_second", heading: "GB/s", format: .fixed(1)), .init(name: "ok", heading: "ok"),
      .init(name: "secret", isShownToPeople: false), .init(name: "seen", format: .figure, isInFiles: false),
      .init(name: "samples_ns", heading: "samples", isShownToPeople: false), .init(name: "unknown"),
    ],
    rows: awkward.enumerated().map { index, text in
      [
        .text(text), .integer(index - 5), .number(Double(index) + 0.25), .flag(index % 2 == 0), .text("s\(index)"),
        .text("\(index) ± 1"), .numbers([1, 2.5, Double(index)]), .missing,
      ]
    })

  static func objects(_ text: String) throws -> [[String: Any]] {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[String: Any]])
  }

  static func check(_ objects: [[String: Any]]) {
    #expect(objects.count == awkward.count)
    for (index, object) in objects.enumerated() {
      #expect(object["case"] as? String == awkward[index])
      #expect(object["calls"] as? Int == index - 5)
      #expect(object["gb_per_second"] as? Double == Double(index) + 0.25)
      #expect(object["ok"] as? Bool == (index % 2 == 0))
      #expect(object["secret"] as? String == "s\(index)")
      #expect(object["samples_ns"] as? [Double] == [1, 2.5, Double(index)])
      #expect(object["unknown"] is NSNull)
      #expect(object["seen"] == nil)
    }
  }

  @Test func jsonIsWhatFoundationReads() throws { Self.check(try Self.objects(Self.table.rendered(as: .json))) }

  @Test func jsonLinesAreObjects() throws {
    let lines = Self.table.rendered(as: .jsonl).split(separator: "\n")
    Self.check(try Self.objects("[" + lines.joined(separator: ",") + "]"))
  }

  @Test(arguments: [TableForm.json, .jsonl, .csv])
  func isReadBack(_ form: TableForm) throws {
    let read = try ResultTable.read(Self.table.rendered(as: form))
    #expect(read.rows.count == Self.awkward.count)
    #expect(read[column: "case"]?.map(\.text) == Self.awkward)
    #expect(read[column: "calls"] == Self.table[column: "calls"])
    #expect(read[column: "gb_per_second"] == Self.table[column: "gb_per_second"])
    #expect(read[column: "seen"] == nil)
    #expect(read[column: "unknown"]?.allSatisfy { $0 == .missing } == true)
    #expect(read[column: "samples_ns"] == (form == .csv ? nil : Self.table[column: "samples_ns"]))
    #expect(read[column: "ok"]?.first == (form == .csv ? .integer(1) : .flag(true)))
  }

  @Test func whatIsNotFiniteIsNoNumberInJSON() throws {
    let table = ResultTable(
      columns: [.init(name: "a"), .init(name: "samples")],
      rows: [[.number(.nan), .numbers([1, .infinity])], [.number(-.infinity), .numbers([])]])
    let objects = try Self.objects(table.rendered(as: .json))
    #expect(objects[0]["a"] is NSNull && objects[1]["a"] is NSNull)
    #expect((objects[0]["samples"] as? [Any])?.last is NSNull)
    #expect(table.rendered(as: .sql).contains("VALUES (NULL)"))
    #expect(table.rendered(as: .text).contains("–"))
    let read = try ResultTable.read("a,b\n\"nan\",\"1\"\n\"-inf\",\"2\"\n")
    #expect(read.rows[1][0] == .number(-.infinity))
  }

  /// SQLite and PostgreSQL turn quoted numbers into those of the column's type.
  @Test func sqlQuotesWhatItMust() {
    let lines = Self.table.rendered(as: .sql).components(separatedBy: "\n")
    #expect(
      lines.prefix(9) == [
        "CREATE TABLE IF NOT EXISTS kernels (", "  \"case\" TEXT,", "  calls INTEGER,", "  gb_per_second REAL,",
        "  ok INTEGER,", "  secret TEXT,", "  unknown TEXT", ");", "",
      ])
    let insertion = "INSERT INTO kernels (\"case\", calls, gb_per_second, ok, secret, unknown) VALUES ("
    #expect(lines[9] == insertion + "'plain', '-5', '0.25', '1', 's0', NULL);")
    #expect(lines[10] == insertion + "'quote \" and ''single''', '-4', '1.25', '0', 's1', NULL);")
    let empty = ResultTable(
      name: "a b", columns: [.init(name: "peak", format: .bytes), .init(name: "r", format: .rate)])
    #expect(empty.rendered(as: .sql) == "CREATE TABLE IF NOT EXISTS \"a b\" (\n  peak INTEGER,\n  r REAL\n);\n\n")
  }

  @Test func markdownKeepsItsColumns() {
    let lines = Self.table.rendered(as: .md).split(separator: "\n")
    #expect(lines.count == Self.awkward.count + 2)
    let widths = Set(lines.map { DisplayWidth.columns(of: String($0)) })
    #expect(widths.count == 1)
    for line in lines {
      let bare = line.replacing("\\|", with: "")
      #expect(bare.count { $0 == "|" } == 7, "\(line)")
    }
    #expect(lines[1].hasSuffix("| ----: | ------- |"))
    #expect(lines[4].hasPrefix("| comma, pipe \\| and \\<tag> "))
  }

  @Test func textHasALineARow() {
    let lines = Self.table.rendered(as: .text).split(separator: "\n")
    #expect(lines.count == Self.awkward.count + 1)
    #expect(!Self.table.rendered(as: .text).unicodeScalars.contains { $0.value == 7 || $0.value == 13 })
    #expect(lines[0].hasPrefix("case"))
  }

  @Test(
    arguments: [
      ("", "empty"), ("[{\"a\": 1}", "byte"), ("{\"a\": 1}\n{\"a\": }", "line 2"), ("| a |", "Markdown"),
      ("CREATE TABLE a (b);", "SQL"), ("a,b\n\"1\"\n", "line 2: 1 fields where the header has 2"),
      ("a,b\n\"1\",\"2\n", "line 2: a quoted field has no end"), ("a,b\n\"1\"x,2\n", "line 2: text follows"),
      ("a,b\n1,x\"y\n", "line 2: a quote stands inside"), ("a,a\n1,2\n", "twice"), ("hello", "neither"),
      ("[1]", "entry 1"), ("[]", "no rows"), ("a,b\n", "no rows"),
    ])
  func brokenFilesAreNamed(text: String, reason: String) {
    let error = #expect(throws: TableError.self) { try ResultTable.read(text) }
    #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
  }

  @Test func csvTellsNumbersByColumn() throws {
    let read = try ResultTable.read(
      "\u{feff}commit,n,x,mixed,e\r\n\"12e45\",\"1\",\"0.5\",\"1\",\"007\"\r\n\"3e17\",\"-2\",\"1e-05\",\"a\",\"1\"\r\n\r\n"
    )
    #expect(
      read.rows[0] == [.text("12e45"), .integer(1), .number(0.5), .text("1"), .text("007")] as [ResultTable.Value])
    #expect(read.rows[1][1] == .integer(-2) && read.rows[1][2] == .number(1e-5))
    #expect(read.rows.count == 2)
  }

  @Test func oneObjectOverManyLinesIsARow() throws {
    #expect(try ResultTable.read("{\n  \"a\": 1,\n  \"b\": {\"c\": 2}\n}\n").rows == [[.integer(1), .missing]])
  }
}
