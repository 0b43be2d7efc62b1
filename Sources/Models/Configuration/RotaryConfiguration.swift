import Ops
import Tensors

extension ConfigurationFields {
  /// The rotary frequencies of a config.json for heads of `dimension`.
  ///
  /// Two spellings are read: `rope_theta` beside `rope_scaling`, as models are published, and the one object
  /// `rope_parameters` that newer transformers write; where both stand, the latter counts.
  func rotaryFrequencies(dimension: Int) throws(ModelError) -> RotaryFrequencies {
    let parameters = try fields("rope_parameters")
    let published = try number("rope_theta", in: Self.rotaryBases, default: 10000)
    let base = try parameters?.number("rope_theta", in: Self.rotaryBases, default: published) ?? published
    for fields in [self, parameters].compactMap({ $0 }) {
      guard let (key, factor) = fields.value("partial_rotary_factor"), factor.number != 1 else { continue }
      throw fields.error(key, factor, allowed: "1: only whole heads are rotated")
    }
    let separate = try fields("rope_scaling")
    let scaling = try (parameters ?? separate)?.rotaryScaling() ?? .none
    return RotaryFrequencies(base: base, dimension: dimension, scaling: scaling)
  }

  static let rotaryBases = 1.0...1e12

  private func rotaryScaling() throws(ModelError) -> RotaryFrequencies.Scaling {
    guard try choice("rope_type", "type", of: ["default", "llama3"], default: "default") == "llama3" else {
      return .none
    }
    let low = try number("low_freq_factor", in: 1e-3...1e6)
    let high = try number("high_freq_factor", in: 1e-3...1e6)
    guard high > low else {
      throw ModelError("\(document): high_freq_factor is \(high); it must be above low_freq_factor, which is \(low)")
    }
    return .llama3(
      factor: try number("factor", in: 1...1e6), lowFrequencyFactor: low, highFrequencyFactor: high,
      originalContext: try integer("original_max_position_embeddings", in: 1...(1 << 30)))
  }
}
