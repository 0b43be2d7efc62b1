/// Philox4x32-10 (Salmon, Moraes, Dror, Shaw 2011): random numbers by counter and key, without a state to carry along.
package enum Philox {
  package static func block(counter: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
    var (counter, key) = (counter, key)
    for _ in 0..<10 {
      let first = UInt32(0xd251_1f53).multipliedFullWidth(by: counter[0])
      let second = UInt32(0xcd9e_8d57).multipliedFullWidth(by: counter[2])
      counter = SIMD4(second.high ^ counter[1] ^ key[0], second.low, first.high ^ counter[3] ^ key[1], first.low)
      key &+= SIMD2(0x9e37_79b9, 0xbb67_ae85)
    }
    return counter
  }
}
