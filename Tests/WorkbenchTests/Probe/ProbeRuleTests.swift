import Testing
import VulkanBackend
import Workbench

/// How probes grow and how the fastest geometry is found: rules without a device.
@Suite struct ProbeRuleTests {
  /// Seconds of a dispatch by its size, and the sizes that were run.
  private func run(whole: Int, seconds: (_ size: Int) -> Double) -> [(size: Int, seconds: Double)] {
    let growth = ProbeGrowth(whole: whole)
    var runs = [(growth.first, seconds(growth.first))]
    while let next = growth.next(after: runs[runs.count - 1].0, seconds: runs[runs.count - 1].1), runs.count < 100 {
      runs.append((next, seconds(next)))
    }
    return runs.map { (size: $0.0, seconds: $0.1) }
  }

  /// 16-byte vectors per second: a phone, a CPU driver, a fast card, and one that nobody has.
  @Test(arguments: [5e8, 1e9, 8e9, 5e10, 5e11, 5e12, 1e14])
  func readingEndsOutsideOfCachesAndIsNeverLong(bytesPerSecond: Double) throws {
    let whole = 32 << 20
    // Caches of 32 MiB are ten times as fast.
    let runs = run(whole: whole) { size in
      Double(16 * size) / (bytesPerSecond * (size <= 2 << 20 ? 10 : 1))
    }
    let last = try #require(runs.last)
    #expect(runs.allSatisfy { $0.seconds <= 0.1 })
    #expect(last.seconds >= 0.002)
    #expect(last.size >= whole ? last.size % whole == 0 : last.seconds >= 0.025)
    #expect(runs.count < 20)
  }

  @Test(arguments: [1e3, 1e5, 1e8, 1e12])
  func arithmeticGrowsInRounds(roundsPerSecond: Double) throws {
    let runs = run(whole: 1) { Double($0) / roundsPerSecond }
    let last = try #require(runs.last)
    #expect(runs[0].size == 1)
    #expect(runs.allSatisfy { $0.seconds <= 0.1 })
    #expect(last.seconds >= 0.002 || last.size >= 1 << 20)
  }

  @Test func aClockThatStandsStillEndsIt() {
    #expect(run(whole: 1) { _ in 0 }.count < 20)
    #expect(run(whole: 1 << 20) { _ in 0 }.count < 20)
  }

  private func profile(isCPU: Bool) -> DeviceProfile {
    DeviceProfile(
      subgroupSize: isCPU ? 8 : 32, isCPU: isCPU, bindingByteCount: 1 << 27, bindingAlignment: 64, workgroupSize: 1024,
      capabilities: [])
  }

  @Test(arguments: [true, false]) func theFastestGeometryIsFound(isCPU: Bool) throws {
    var asked: [ReadGeometry] = []
    let found = ReadGeometry.fastest(on: profile(isCPU: isCPU)) { geometry in
      asked.append(geometry)
      // A hill with its top at runs per workgroup, 8 loads and the larger workgroup.
      return (geometry.pattern == .groupRuns ? 100 : 0) + Double(10 * geometry.loads)
        + Double(geometry.workgroupSize) / 1000
    }
    let fastest = try #require(found)
    #expect(fastest.geometry.pattern == .groupRuns)
    #expect(fastest.geometry.loads == 8)
    #expect(fastest.geometry.workgroupSize == asked.map(\.workgroupSize).max())
    #expect(Set(asked).count == asked.count)
    #expect(asked.count <= 12)
    #expect(isCPU || asked.allSatisfy { [.grid, .groupRuns].contains($0.pattern) })
  }

  @Test func theSearchEndsWhenTimeIsUp() throws {
    var left = 3
    let found = ReadGeometry.fastest(on: profile(isCPU: true)) { _ in
      left -= 1
      return left < 0 ? nil : Double(left)
    }
    #expect(try #require(found).rate == 2)
    #expect(left == -1)
    #expect(ReadGeometry.fastest(on: profile(isCPU: true)) { _ in nil } == nil)
  }
}
