import Testing
import Workbench

@Suite struct FiguresTests {
  @Test(
    arguments: [
      (0.25, "0.25 ns"), (812, "812 ns"), (12_345, "12.3 µs"), (1_234_567, "1.23 ms"), (4.56e9, "4.56 s"),
    ])
  func timesHaveTheUnitThatSuits(nanoseconds: Double, expected: String) {
    #expect(Figures.nanoseconds(nanoseconds) == expected)
  }

  @Test(
    arguments: [
      (0.5, "0.50 B/s"), (999.4, "999 B/s"), (999.6, "1.00 kB/s"), (36.2e9, "36.2 GB/s"), (4.2e12, "4.20 TB/s"),
      (7e15, "7.00 PB/s"),
    ])
  func ratesHaveThePrefixThatSuits(value: Double, expected: String) {
    #expect(Figures.metric(value, unit: "B/s") == expected)
  }

  @Test func columnsShowTheirFormat() {
    let formats: [(ResultTable.Format, ResultTable.Value, String)] = [
      (.plain, .number(0.1), "0.1"), (.fixed(3), .number(1.23456), "1.235"), (.rate, .integer(41), "41.0"),
      (.bytes, .integer(3 << 20), "3.0 MiB"), (.nanoseconds, .number(12_345), "12.3 µs"),
      (.percent, .number(0.425), "42 %"),
      (.probability, .number(0.0131), "0.013"), (.probability, .number(1.2e-5), "1.2e-05"),
      (.scaled(1e-9, unit: "GB/s"), .number(36.2e9), "36.2 GB/s"), (.plain, .flag(true), "yes"),
      (.plain, .numbers([1, 2]), "2 samples"), (.plain, .missing, ""), (.rate, .number(.nan), "–"),
    ]
    for (format, value, expected) in formats {
      let table = ResultTable(columns: [.init(name: "x", format: format)], rows: [[value], [.text("end")]])
      let lines = table.rendered(as: .text).split(separator: "\n", omittingEmptySubsequences: false)
      #expect(lines[1].drop { $0 == " " } == expected)
    }
  }
}
