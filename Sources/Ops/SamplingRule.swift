import Foundation

/// Sampling parameters as kernels and definition compute with them: apart from a few sums and products of float32, each of
/// which every device rounds alike, all is integers, so both choose the same id from the same logits.
///
/// How much less likely an id is than the likeliest is its distance, a logarithm to base 2 in steps of 2^-24. Ids are ranked
/// by distance, equals by id; from `farthest` on they are never drawn.
package struct SamplingRule: Hashable, Sendable {
  /// 32 halvings, at which a weight has no bit left.
  package static let farthest: UInt32 = 32 << 24

  /// Distance per unit of logit; 0 where the likeliest id is taken.
  package let scale: Float
  /// Ids to keep; 0 keeps all.
  package let topK: UInt32
  /// 2^32 times the probability to reach; 0 keeps all.
  package let share: UInt32
  /// The largest distance to keep.
  package let reach: UInt32
  package let penalty: Float
  package let inversePenalty: Float
  package let presence: Float
  package let frequency: Float
  /// Added to the logits of some ids; -∞ for ids that are never chosen.
  package let logitBias: [Int32: Float]
  package let seed: UInt64

  package init(_ parameters: SamplingParameters) {
    let steps = 0x1p24 * M_LOG2E / Double(parameters.temperature)
    // No device keeps numbers below the least normal one for sure.
    let bounded = min(max(Float(steps), .leastNormalMagnitude), .greatestFiniteMagnitude)
    scale = parameters.isGreedy ? 0 : bounded
    topK = UInt32(clamping: parameters.topK)
    share = parameters.topP < 1 ? UInt32(max(1, Double(parameters.topP) * 0x1p32)) : 0
    let reach = -log2(Double(parameters.minP)) * 0x1p24
    self.reach = reach < Double(Self.farthest) ? UInt32(max(0, reach)) : Self.farthest - 1
    penalty = parameters.repetitionPenalty
    inversePenalty = min(1 / parameters.repetitionPenalty, .greatestFiniteMagnitude)
    presence = Self.bounded(parameters.presencePenalty)
    frequency = Self.bounded(parameters.frequencyPenalty)
    logitBias = parameters.logitBias.isEmpty ? [:] : parameters.logitBias.mapValues(Self.bias)
    seed = parameters.seed
  }

  /// So small a number counts as none, since no device keeps numbers below the least normal one for sure.
  private static func bounded(_ number: Float) -> Float { abs(number) < 0x1p-64 ? 0 : number }

  private static func bias(_ number: Float) -> Float {
    number <= SamplingParameters.ban ? -.infinity : bounded(number)
  }

  /// The logit by which `id` is ranked: with its bias, then the repetition penalty, then presence and frequency.
  package func ranked(_ logit: Float, id: Int32, _ history: TokenHistory) -> Float {
    var ranked = logit
    if let bias = logitBias[id] { ranked += bias }
    if history.seen.contains(id) { ranked = penalised(ranked) }
    let count = history.counts[id]
    if count > 0 {
      let growing = frequency * Float(count)
      ranked -= growing + presence
    }
    return ranked
  }

  /// What the penalty leaves of the logit of an id that was there before.
  package func penalised(_ logit: Float) -> Float {
    min(logit > 0 ? logit * inversePenalty : logit * penalty, .greatestFiniteMagnitude)
  }

  package func distance(_ logit: Float, from largest: Float) -> UInt32 {
    let steps = (largest - logit) * scale
    return steps < Float(Self.farthest) ? UInt32(steps) : Self.farthest
  }

  /// 2^31 at distance 0, halved every 2^24 steps.
  package static func weight(_ distance: UInt32) -> UInt32 {
    let x = Float(distance & 0xff_ffff) * 0x1p-24
    // 2^-x by Chebyshev interpolation between 0 and 1; wrong by 2^-22 at most.
    var power: Float = 0.000_109_328_924
    for coefficient: Float in [
      -0.001_275_540_14, 0.009_579_859_97, -0.055_490_932_1, 0.240_224_331, -0.693_147_045, 1,
    ] { power = power * x + coefficient }
    return UInt32(power * 0x1p31) >> (distance >> 24)
  }

  /// Uniform among all numbers of 32 bits, for the logits behind `position`.
  package func uniform(at position: Int32) -> UInt32 {
    Philox.block(
      counter: SIMD4(UInt32(bitPattern: position), 0, 0, 0),
      key: SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32)))[0]
  }

  /// `total` · `fraction` / 2^32, whole and rest.
  package static func part(_ total: UInt64, _ fraction: UInt32) -> (quotient: UInt64, remainder: UInt32) {
    let product = total.multipliedFullWidth(by: UInt64(fraction))
    return (product.high << 32 | product.low >> 32, UInt32(truncatingIfNeeded: product.low))
  }
}
