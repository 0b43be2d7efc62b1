import CKernelParams

/// The logit biases of a sequence as `shaders/lib/sampling.glsl` looks them up: a hash table with linear probing, half of
/// whose slots at least are free.
package struct LogitBiasTable: Hashable, Sendable {
  package static let wordCount = 2 * Int(BIAS_SLOTS)
  /// For each slot an id, all ones where it is free, and the bits of its bias.
  package let words: [UInt32]

  /// - Parameter biases: at most `SamplingParameters.logitBiasLimit`.
  package init(_ biases: [Int32: Float]) {
    var words = [UInt32](repeating: .max, count: Self.wordCount)
    // Sorted, so that the same biases always have the same words.
    for (id, bias) in biases.sorted(by: { $0.key < $1.key }) {
      let key = UInt32(bitPattern: id)
      var slot = Int((key &* UInt32(BIAS_MULTIPLIER)) >> UInt32(BIAS_SHIFT))
      while words[2 * slot] != .max { slot = (slot + 1) % Int(BIAS_SLOTS) }
      words[2 * slot] = key
      words[2 * slot + 1] = bias.bitPattern
    }
    self.words = words
  }
}
