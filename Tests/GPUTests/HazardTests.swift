import GPU
import Ops
import Testing

/// Things to be compared by identity, as buffers are.
private final class Resource: Sendable {}

@Suite struct HazardTests {
  private let a = Resource()
  private let b = Resource()

  private func access(_ resource: Resource, _ range: Range<Int>, _ access: Access) -> ByteAccess {
    ByteAccess(buffer: ObjectIdentifier(resource), range: range, access: access)
  }

  /// Whether a barrier came before each of these dispatches.
  private func barriers(_ dispatches: [[ByteAccess]]) -> [Bool] {
    var tracker = HazardTracker()
    return dispatches.map { tracker.needsBarrier(before: $0) }
  }

  @Test(arguments: [
    (Access.write, Access.read, true), (.read, .write, true), (.write, .write, true), (.read, .read, false),
    (.readWrite, .read, true), (.read, .readWrite, true), (.readWrite, .readWrite, true),
  ])
  func sameBytes(first: Access, second: Access, needed: Bool) {
    #expect(barriers([[access(a, 0..<16, first)], [access(a, 8..<24, second)]]) == [false, needed])
  }

  @Test func disjointBytesAndOtherBuffersNeedNone() {
    let dispatches = [
      [access(a, 0..<16, .write)], [access(a, 16..<32, .write)], [access(b, 0..<16, .readWrite)],
      [access(a, 32..<40, .read)], [access(a, 31..<33, .read)],
    ]
    #expect(barriers(dispatches) == [false, false, false, false, true])
  }

  @Test func barrierForgetsWhatWasBefore() {
    let dispatches = [
      [access(a, 0..<16, .write), access(b, 0..<16, .write)], [access(a, 0..<16, .read)],
      // The barrier was global: the other buffer is safe too, but what came after it counts.
      [access(b, 0..<16, .read)], [access(a, 0..<16, .write)],
    ]
    #expect(barriers(dispatches) == [false, true, false, true])
  }

  @Test func repeatsAlternate() {
    let dispatches = (0..<10).map { [access(a, 0..<8, $0.isMultiple(of: 2) ? .write : .read)] }
    #expect(barriers(dispatches) == [false] + Array(repeating: true, count: 9))
  }

  @Test func oneDispatchDoesNotConflictWithItself() {
    let dispatches = [[access(a, 0..<16, .read), access(a, 0..<16, .write)], [access(a, 0..<4, .write)]]
    #expect(barriers(dispatches) == [false, true])
  }

  @Test func auditorNamesThePair() throws {
    let commands: [RecordedCommand] = [
      .dispatch(label: "one", accesses: [access(a, 0..<16, .write)]),
      .dispatch(label: "two", accesses: [access(b, 0..<16, .write)]),
      .dispatch(label: "three", accesses: [access(a, 8..<64, .read)]),
    ]
    let finding = try #require(HazardAuditor.findings(in: commands).first)
    #expect((finding.first, finding.second, finding.overlap) == ("one", "three", 8..<16))
    #expect(HazardAuditor.findings(in: [commands[0], commands[1], .barrier, commands[2]]) == [])
  }

  /// Random recordings: what the tracker places satisfies the auditor, and no barrier of it can be missed.
  @Test(arguments: 1...50 as ClosedRange<UInt64>)
  func trackerAndAuditorAgree(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var tracker = HazardTracker()
    var commands: [RecordedCommand] = []
    for step in 0..<60 {
      let accesses = (0..<Int.random(in: 1...3, using: &random)).map { _ in
        let start = Int.random(in: 0..<64, using: &random)
        let kind = [Access.read, .read, .write, .readWrite].randomElement(using: &random) ?? .read
        return access(Bool.random(using: &random) ? a : b, start..<start + Int.random(in: 1...8, using: &random), kind)
      }
      if tracker.needsBarrier(before: accesses) { commands.append(.barrier) }
      commands.append(.dispatch(label: "\(step)", accesses: accesses))
    }
    #expect(HazardAuditor.findings(in: commands) == [])
    let barriers = commands.indices.filter { commands[$0] == .barrier }
    #expect(!barriers.isEmpty)
    for index in barriers {
      var planted = commands
      planted.remove(at: index)
      #expect(!HazardAuditor.findings(in: planted).isEmpty)
    }
  }
}
