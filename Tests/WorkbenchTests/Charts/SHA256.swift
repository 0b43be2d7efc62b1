/// FIPS 180-4, for digests in content security policies.
enum SHA256 {
  private static let constants: [UInt32] = fractions(of: 64, root: 3)

  static func digest(_ message: [UInt8]) -> [UInt8] {
    var padded = message + [0x80]
    while padded.count % 64 != 56 { padded.append(0) }
    padded += (0..<8).map { UInt8(truncatingIfNeeded: (UInt64(message.count) * 8) >> (56 - 8 * UInt64($0))) }
    var state = fractions(of: 8, root: 2)
    for block in stride(from: 0, to: padded.count, by: 64) {
      var words = (0..<16).map { word in
        (0..<4).reduce(UInt32(0)) { $0 << 8 | UInt32(padded[block + 4 * word + $1]) }
      }
      for i in 16..<64 {
        let s0 = turned(words[i - 15], 7) ^ turned(words[i - 15], 18) ^ (words[i - 15] >> 3)
        let s1 = turned(words[i - 2], 17) ^ turned(words[i - 2], 19) ^ (words[i - 2] >> 10)
        words.append(words[i - 16] &+ s0 &+ words[i - 7] &+ s1)
      }
      var v = state
      for i in 0..<64 {
        let s1 = turned(v[4], 6) ^ turned(v[4], 11) ^ turned(v[4], 25)
        let first = v[7] &+ s1 &+ ((v[4] & v[5]) ^ (~v[4] & v[6])) &+ constants[i] &+ words[i]
        let s0 = turned(v[0], 2) ^ turned(v[0], 13) ^ turned(v[0], 22)
        let second = s0 &+ ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]))
        v = [first &+ second, v[0], v[1], v[2], v[3] &+ first, v[4], v[5], v[6]]
      }
      for i in 0..<8 { state[i] &+= v[i] }
    }
    return state.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> (24 - 8 * UInt32($0))) } }
  }

  private static func turned(_ word: UInt32, _ count: UInt32) -> UInt32 { word >> count | word << (32 - count) }

  /// The first 32 bits behind the point of the roots of the first primes.
  private static func fractions(of count: Int, root: Int) -> [UInt32] {
    let primes = (2...).lazy.filter { candidate in !(2..<candidate).contains { candidate % $0 == 0 } }.prefix(count)
    return primes.map { prime in
      // The largest integer whose power is at most prime * 2^(32 * root).
      var low: UInt64 = 0
      var high: UInt64 = 1 << 40
      while low + 1 < high {
        let middle = (low + high) / 2
        if power(middle, root, isAtMost: prime) { low = middle } else { high = middle }
      }
      return UInt32(truncatingIfNeeded: low)
    }
  }

  private static func power(_ value: UInt64, _ root: Int, isAtMost prime: Int) -> Bool {
    var product = UInt128(value)
    for _ in 1..<root { product *= UInt128(value) }
    return product <= UInt128(prime) << UInt128(32 * root)
  }
}
