import Testing
import Workbench

@Suite struct BenchComparisonTests {
  static func models(_ factors: [String: Double], order: [String] = ["pp512", "tg128"]) -> ResultTable {
    ModelBenchRow.table(
      order.map { test in
        var row = test == "pp512" ? ModelBenchRowTests.row(512, 0) : ModelBenchRowTests.row(0, 128, depth: 64)
        row.samplesNanoseconds = (0..<10).map { (1e8 + 1e5 * Double($0)) * (factors[test] ?? 1) }
        return row
      })
  }

  @Test func modelsAreMatchedByModelTestAndDepth() throws {
    var b = Self.models(["tg128": 1.2], order: ["tg128", "pp512"])
    b = try ResultTable.read(b.rendered(as: .json))
    let comparison = BenchComparison(a: Self.models([:]), b: b)
    let table = comparison.table
    #expect(comparison.hasRegression)
    #expect(table[column: "test"] == [.text("pp512"), .text("tg128 @ d64")])
    #expect(table[column: "verdict"] == [.text("same"), .text("slower")])
    #expect(table.columns.prefix(4).map(\.name) == ["model_type", "n_prompt", "n_gen", "n_depth"])
    let ratios = try #require(table[column: "ratio"]).compactMap { $0.number }
    #expect(abs(ratios[0] - 1) < 1e-9 && abs(ratios[1] - 1.2) < 1e-9)
    #expect(!BenchComparison(a: b, b: Self.models([:])).hasRegression)
    #expect(BenchComparison(a: b, b: Self.models([:])).table[column: "verdict"]?.first == .text("faster"))
  }

  @Test func whatATableHoldsSeveralOfIsPartOfTheKey() {
    var small = ModelBenchRowTests.row(512, 0)
    small.cacheType = "q8_0"
    let a = ModelBenchRow.table([ModelBenchRowTests.row(512, 0), small])
    let b = ModelBenchRow.table([small])
    let table = BenchComparison(a: a, b: b).table
    #expect(table[column: "type_k"] == [.text("q8_0"), .text("f16")])
    #expect(table[column: "verdict"] == [.text("same"), .text("only in A")])
    #expect(BenchComparison(a: b, b: a).table[column: "verdict"]?.last == .text("only in B"))
  }

  static func kernels(_ rows: [(String, Int, Double)], count: Int = 10, device: String = "x") -> ResultTable {
    ResultTable(
      name: "kernels",
      columns: [
        .init(name: "device"), .init(name: "kernel"), .init(name: "tokens"), .init(name: "gb_per_s", format: .rate),
        .init(name: "samples_ns"), .init(name: "test_time"),
      ],
      rows: rows.map { kernel, tokens, time in
        [
          .text(device), .text(kernel), .integer(tokens), .number(1e3 / time),
          .numbers((0..<count).map { time + Double($0) / 100 }), .text("\(kernel)\(tokens)\(time)"),
        ]
      })
  }

  @Test func kernelsAreMatchedByTheirText() {
    let a = Self.kernels([("add", 1, 100), ("add", 4, 400), ("linear", 1, 1000)])
    let b = Self.kernels([("linear", 1, 800), ("add", 1, 100), ("add", 4, 500)], device: "y")
    let comparison = BenchComparison(a: a, b: b)
    #expect(comparison.table.columns.prefix(2).map(\.name) == ["kernel", "tokens"])
    #expect(comparison.table[column: "verdict"]?.map(\.text) == ["same", "slower", "faster"])
    #expect(comparison.table[column: "a_samples"] == [.integer(10), .integer(10), .integer(10)])
    let text = comparison.table.rendered(as: .text)
    #expect(text.contains("3 rows compared: 1 slower, 1 faster, 1 the same or within 5.00 %"))
  }

  @Test func rowsWithTheSameKeyAreSamplesOfTheSame() {
    let once = Self.kernels([("add", 1, 100)], count: 5)
    let twice = Self.kernels([("add", 1, 100), ("add", 1, 100)], count: 5)
    #expect(BenchComparison(a: once, b: twice).table[column: "b_samples"] == [.integer(10)])
  }

  @Test func withoutSamplesNothingIsJudged() throws {
    let a = try ResultTable.read(Self.models([:]).rendered(as: .csv))
    let b = try ResultTable.read(Self.models(["pp512": 2]).rendered(as: .csv))
    let comparison = BenchComparison(a: a, b: b)
    #expect(!comparison.hasRegression)
    #expect(comparison.table[column: "verdict"]?.map(\.text) == ["no samples", "no samples"])
    #expect(comparison.table[column: "ratio"]?.first?.number.map { abs($0 - 2) < 1e-6 } == true)
    #expect(comparison.table.notes.contains { $0.contains("csv does not") })
  }

  /// A drift that moves both sides alike hides a difference of 10 % from all but pairs.
  @Test func pairsSeeThroughADrift() {
    func table(_ factor: Double, count: Int = 12) -> ResultTable {
      let drift = (0..<count).map { 100 + 4 * Double($0) }
      return Self.kernels(drift.map { ("add", 1, factor * $0) }, count: 1)
    }
    #expect(!BenchComparison(a: table(1), b: table(1.1)).hasRegression)
    #expect(BenchComparison(a: table(1), b: table(1.1), isPaired: true).hasRegression)
    #expect(!BenchComparison(a: table(1), b: table(1.01), isPaired: true).hasRegression)
    let unequal = BenchComparison(a: table(1), b: table(1.5, count: 11), isPaired: true)
    #expect(!unequal.hasRegression && unequal.table.notes.contains { $0.contains("measure them in turns") })
  }

  @Test func tooFewSamplesAreTold() {
    let rows = (0..<30).map { ("kernel \($0)", 1, 100.0) }
    let notes = BenchComparison(a: Self.kernels(rows, count: 5), b: Self.kernels(rows, count: 5)).table.notes
    #expect(notes.contains("5 samples a side are too few to single out one of 30 rows; 7 would do"))
    let enough = BenchComparison(a: Self.kernels(rows, count: 7), b: Self.kernels(rows, count: 9)).table.notes
    #expect(!enough.contains { $0.contains("too few") })
  }

  @Test func nothingInCommonIsNoRegression() {
    let comparison = BenchComparison(a: Self.kernels([("add", 1, 1)]), b: Self.models([:]))
    #expect(!comparison.hasRegression && comparison.table.rows.isEmpty)
    #expect(comparison.table.notes.last == "the tables have no row in common")
  }
}
