/// How a kernel rounds: kernels of one class may stand in for each other, those of two classes give other bits.
public enum Numerics: String, Hashable, Sendable, Codable {
  /// Float32 products and sums, in whatever order.
  case float32
  /// Inputs of products rounded to float16, each row of activations scaled by a power of two before; float32 sums.
  case float16Inputs
}
