/// How a kernel rounds: kernels of one class may stand in for each other, those of two classes give other bits.
public enum Numerics: String, Hashable, Sendable, Codable {
  /// Float32 products and sums, in whatever order.
  case float32
  /// Inputs of products rounded to float16, each row of activations scaled by a power of two before; float32 sums.
  case float16Inputs
}

extension Float {
  /// How far either neighbour in float16 may be (Vulkan leaves the direction open), or zero where the value is below the least
  /// normal number; nothing where float16 holds it.
  func float16Error(leastNormal: Float) -> Float {
    if abs(self) < leastNormal { return abs(self) }
    return significandWidth <= 10 ? 0 : abs(self) * 0x1p-10
  }

  /// The least normal number of float16 to values that are scaled so that this, their largest, lies between 2^14 and 2^15.
  var leastNormalWhereLargest: Float {
    Float(sign: .plus, exponent: isNormal ? exponent - 28 : -126, significand: 1)
  }
}
