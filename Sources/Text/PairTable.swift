/// A hash table from pairs of small numbers to a number: open addressing, no removal.
struct PairTable: Sendable {
  private static let vacant = UInt64.max
  private var keys: [UInt64]
  private var values: [Int32]
  private var mask: Int
  private(set) var count = 0
  /// Drawn at run time, so that a file cannot be made whose keys all collide.
  private let seed = UInt64.random(in: .min ... .max) | 1

  init(minimumCapacity: Int = 8) {
    var slots = 16
    while slots < minimumCapacity &* 2 { slots *= 2 }
    keys = Array(repeating: Self.vacant, count: slots)
    values = Array(repeating: -1, count: slots)
    mask = slots - 1
  }

  private static func key(_ first: Int32, _ second: Int32) -> UInt64 {
    UInt64(UInt32(bitPattern: first)) << 32 | UInt64(UInt32(bitPattern: second))
  }

  private func slot(of key: UInt64) -> Int {
    let product = (key ^ seed).multipliedFullWidth(by: 0x9e37_79b9_7f4a_7c15 ^ (seed << 1))
    var slot = Int(truncatingIfNeeded: product.high ^ product.low) & mask
    while keys[slot] != key, keys[slot] != Self.vacant { slot = (slot + 1) & mask }
    return slot
  }

  /// The value of a pair; pairs are of numbers from zero up.
  subscript(first: Int32, second: Int32) -> Int32? {
    get {
      let slot = slot(of: Self.key(first, second))
      return keys[slot] == Self.vacant ? nil : values[slot]
    }
    set {
      guard let newValue else { return }
      let key = Self.key(first, second)
      var slot = slot(of: key)
      if keys[slot] == Self.vacant {
        count += 1
        if count * 2 > keys.count {
          grow()
          slot = self.slot(of: key)
        }
      }
      keys[slot] = key
      values[slot] = newValue
    }
  }

  private mutating func grow() {
    let (oldKeys, oldValues) = (keys, values)
    keys = Array(repeating: Self.vacant, count: oldKeys.count * 2)
    values = Array(repeating: -1, count: oldKeys.count * 2)
    mask = keys.count - 1
    for (key, value) in zip(oldKeys, oldValues) where key != Self.vacant {
      let slot = slot(of: key)
      keys[slot] = key
      values[slot] = value
    }
  }
}
