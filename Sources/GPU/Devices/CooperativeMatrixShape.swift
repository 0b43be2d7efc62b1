/// One shape of `D = A·B + C` (A: m×k, B: k×n, C and D: m×n) that a subgroup computes at once.
package struct CooperativeMatrixShape: Codable, Hashable, Sendable {
  /// Numbered as Vulkan does.
  package enum Component: Int, Codable, Hashable, Sendable {
    case float16, float32, float64, int8, int16, int32, int64, uint8, uint16, uint32, uint64
  }

  package var m: Int
  package var n: Int
  package var k: Int
  package var a: Component
  package var b: Component
  package var c: Component
  package var result: Component

  package init(m: Int, n: Int, k: Int, a: Component, b: Component, c: Component, result: Component) {
    (self.m, self.n, self.k) = (m, n, k)
    (self.a, self.b, self.c, self.result) = (a, b, c, result)
  }
}
