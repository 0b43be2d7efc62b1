/// What measuring a device gave, as far as the choice among devices needs it.
package enum ProbeVerdict: Hashable, Sendable {
  /// Its answers are right, and so fast it gets through weights, which is what bounds the writing of tokens.
  case right(weightBytesPerSecond: Double)
  /// Its answers are wrong: what was seen, without the device's name.
  case wrong(String)
  /// It could not be measured: why.
  case failed(String)
}
