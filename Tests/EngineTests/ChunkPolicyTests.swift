import Engine
import Testing

@Suite struct ChunkPolicyTests {
  /// Counts that a policy gives while every token takes `secondsPerToken`.
  func counts(_ secondsPerToken: Double, rounds: Int) -> [Int] {
    var policy = ChunkPolicy()
    return (0..<rounds).map { _ in
      let count = policy.count
      policy.record(tokenCount: count, seconds: Double(count) * secondsPerToken)
      return count
    }
  }

  @Test func fastDevicesGetFourTimesAsMuchEachTime() {
    #expect(counts(0.000_001, rounds: 5) == [16, 64, 256, 1024, 4096])
  }

  @Test func chunksStayWithinTheTarget() {
    #expect(counts(0.003, rounds: 4) == [16, 64, 64, 64])
    #expect(counts(0.01, rounds: 3) == [16, 16, 16])
  }

  @Test func slowDevicesGetTheSmallest() {
    #expect(counts(2, rounds: 3) == [16, 4, 4])
  }

  @Test func aSlowFirstChunkIsForgiven() {
    var policy = ChunkPolicy()
    policy.record(tokenCount: 16, seconds: 5)
    #expect(policy.count == 4)
    policy.record(tokenCount: 4, seconds: 0.001)
    #expect(policy.count == 16)
    policy.record(tokenCount: 16, seconds: 0.002)
    #expect(policy.count == 64)
  }

  @Test func measurementsThatAreNoneAreIgnored() {
    var policy = ChunkPolicy()
    policy.record(tokenCount: 1, seconds: 9)
    policy.record(tokenCount: 16, seconds: .nan)
    policy.record(tokenCount: 16, seconds: 0)
    #expect(policy == ChunkPolicy())
  }
}
