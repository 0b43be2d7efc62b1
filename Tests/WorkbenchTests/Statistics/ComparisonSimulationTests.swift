import Testing
import Workbench

/// How often verdicts are right on a machine whose noise is known, counted over seeded runs.
@Suite struct ComparisonSimulationTests {
  static let runCount = 1000
  static let machines: [(name: String, times: NoisyTimes)] = [
    ("even noise", machine { $0.noise = 0.03 }),
    ("drift", machine { $0.drift = 0.01 }),
    ("heavy tails, interruptions", machine { $0.make(heavy: 0.03) }),
    (
      "heavy tails, interruptions, drift",
      machine {
        $0.make(heavy: 0.03); $0.drift = 0.01
      }
    ),
  ]

  static func machine(_ change: (inout NoisyTimes) -> Void) -> NoisyTimes {
    var times = NoisyTimes(seed: 2024)
    change(&times)
    return times
  }

  /// How often ten samples a side get that verdict.
  static func share(_ verdict: Comparison.Verdict, isPaired: Bool, ratio: Double, _ machine: NoisyTimes) -> Double {
    var times = machine
    let hits = (0..<runCount).count { _ in
      let (a, b) =
        isPaired ? times.interleaved(10, ratio: ratio) : (times.run(10), times.run(10, ratio: ratio))
      return Comparison(a, b, isPaired: isPaired).verdict == verdict
    }
    return Double(hits) / Double(runCount)
  }

  @Test(arguments: 0..<machines.count)
  func theSameThingIsCalledSame(machine: Int) {
    let (name, times) = Self.machines[machine]
    let share = Self.share(.same, isPaired: true, ratio: 1, times)
    #expect(share >= 0.98, "\(name): \(share)")
  }

  /// Runs one after the other, on a machine whose speed differs by 1 % between them (standard deviation).
  @Test func theSameThingInTwoRunsIsCalledSame() {
    let machine = Self.machine {
      $0.make(heavy: 0.02); $0.runOffset = 0.007; $0.drift = 0.001
    }
    let share = Self.share(.same, isPaired: false, ratio: 1, machine)
    #expect(share >= 0.95, "\(share)")
  }

  @Test(arguments: [(0, 0.99), (1, 0.99), (2, 0.92), (3, 0.92)])
  func tenPercentAreNoticed(machine: Int, wanted: Double) {
    let (name, times) = Self.machines[machine]
    let slower = Self.share(.slower, isPaired: true, ratio: 1.1, times)
    #expect(slower >= wanted, "\(name): \(slower)")
    let faster = Self.share(.faster, isPaired: true, ratio: 1 / 1.1, times)
    #expect(faster >= wanted, "\(name): \(faster)")
  }

  /// Thirty rows of which none differs, and thirty of which one does.
  @Test(arguments: 0..<machines.count)
  func tablesAreRight(machine: Int) {
    var (name, times) = Self.machines[machine]
    var wrong = 0
    var found = 0
    let tableCount = 200
    for _ in 0..<tableCount {
      var rows = (0..<30).map { _ in
        let (a, b) = times.interleaved(10)
        return Comparison(a, b, isPaired: true)
      }
      if ComparisonTable(rows).verdicts.contains(where: { $0 != .same }) { wrong += 1 }
      let (a, b) = times.interleaved(10, ratio: 1.1)
      rows[17] = Comparison(a, b, isPaired: true)
      if ComparisonTable(rows).verdicts[17] == .slower { found += 1 }
    }
    #expect(Double(wrong) / Double(tableCount) <= 0.05, "\(name): \(wrong)")
    #expect(Double(found) / Double(tableCount) >= 0.7, "\(name): \(found)")
  }
}

extension NoisyTimes {
  /// Student's tails, and one sample in twenty interrupted.
  mutating func make(heavy noise: Double) {
    self.noise = noise
    hasHeavyTails = true
    interruptions = 0.05
  }
}
