import Engine
import Testing

@Suite struct ChunkPolicyTests {
  /// Counts that a policy gives while every token takes `secondsPerToken`.
  func counts(_ secondsPerToken: Double, rounds: Int) -> [Int] {
    var policy = ChunkPolicy()
    return (0..<rounds).map { _ in
      let count = policy.count
      policy.record(tokenCount: count, isWhole: true, seconds: Double(count) * secondsPerToken)
      return count
    }
  }

  @Test func fastDevicesGetFourTimesAsMuchEachTime() {
    #expect(counts(0.000_001, rounds: 6) == [1, 4, 16, 64, 256, 1024])
  }

  @Test func chunksStayWithinTheTarget() {
    #expect(counts(0.003, rounds: 5) == [1, 4, 16, 64, 64])
    #expect(counts(0.01, rounds: 4) == [1, 4, 16, 16])
    #expect(counts(2, rounds: 3) == [1, 1, 1])
  }

  @Test func anEstimateDecidesTheFirstChunk() {
    #expect(
      [1, 0.1, 0.01, 0.001, 1e-9, 0, nil].map { ChunkPolicy(secondsPerToken: $0).count } == [1, 4, 16, 64, 64, 1, 1])
  }

  @Test func aSlowChunkIsForgiven() {
    var policy = ChunkPolicy()
    policy.record(tokenCount: 1, isWhole: true, seconds: 5)
    #expect(policy.count == 1)
    policy.record(tokenCount: 1, isWhole: true, seconds: 0.001)
    #expect(policy.count == 4)
    policy.record(tokenCount: 4, isWhole: true, seconds: 0.002)
    #expect(policy.count == 16)
    policy.record(tokenCount: 16, isWhole: true, seconds: 1)
    #expect(policy.count == 4)
  }

  @Test func theEndOfAPromptShrinksNothing() {
    var policy = ChunkPolicy()
    for count in [1, 4, 16] { policy.record(tokenCount: count, isWhole: true, seconds: 0.001) }
    #expect(policy.count == 64)
    policy.record(tokenCount: 3, isWhole: false, seconds: 0.2)
    #expect(policy.count == 64)
    // As long as it was allowed to be beside answers: it tells how long prompts take.
    policy.record(tokenCount: 16, isWhole: true, seconds: 0.4)
    #expect(policy.count == 16)
  }

  @Test func measurementsThatAreNoneAreIgnored() {
    var policy = ChunkPolicy()
    policy.record(tokenCount: 0, isWhole: true, seconds: 1)
    policy.record(tokenCount: 16, isWhole: true, seconds: .nan)
    policy.record(tokenCount: 16, isWhole: true, seconds: 0)
    #expect(policy == ChunkPolicy())
  }
}
