import Engine
import Testing

@Suite struct BurstPolicyTests {
  @Test func burstsDoubleUpToTheLongest() {
    var policy = BurstPolicy()
    var counts: [Int] = []
    for _ in 0..<7 {
      let count = policy.nextCount(limit: 1000)
      counts.append(count)
      policy.record(count: count, seconds: Double(count) * 0.0001)
    }
    #expect(counts == [1, 2, 4, 8, 16, 16, 16])
  }

  @Test(arguments: [
    (0.001, 16), (0.00625, 16), (0.0063, 8), (0.012, 8), (0.013, 4), (0.026, 2), (0.051, 1), (0.2, 1), (3.0, 1),
  ])
  func predictedTimeStaysWithinTheTarget(secondsPerStep: Double, expected: Int) {
    var policy = BurstPolicy()
    policy.record(count: 16, seconds: 16 * secondsPerStep)
    #expect(policy.nextCount(limit: 1000) == expected)
  }

  @Test(arguments: [(1, 1), (2, 2), (3, 2), (7, 4), (15, 8), (16, 16), (40, 16)])
  func burstsStayWithinTheLimit(limit: Int, expected: Int) {
    var policy = BurstPolicy()
    policy.record(count: 16, seconds: 0.001)
    #expect(policy.nextCount(limit: limit) == expected)
  }

  @Test func aSlowBurstShrinksTheNextAndRecoveryDoublesAgain() {
    var policy = BurstPolicy()
    policy.record(count: 16, seconds: 1.6)
    #expect(policy.nextCount(limit: 99) == 1)
    policy.record(count: 1, seconds: 0.001)
    #expect(policy.nextCount(limit: 99) == 2)
  }

  @Test func measurementsThatAreNoneAreIgnored() {
    var policy = BurstPolicy()
    policy.record(count: 0, seconds: 1)
    policy.record(count: 1, seconds: .nan)
    policy.record(count: 1, seconds: -1)
    #expect(policy.secondsPerStep == nil)
    #expect(policy.nextCount(limit: 9) == 1)
  }
}
