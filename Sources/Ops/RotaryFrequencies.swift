import Foundation

/// The angles of rotary position embedding: pair i turns by position × frequency(i).
public struct RotaryFrequencies: Hashable, Sendable {
  public enum Scaling: Hashable, Sendable {
    case none
    /// Llama 3.1's: long wavelengths are divided by `factor`, short ones kept, those between blended.
    case llama3(factor: Double, lowFrequencyFactor: Double, highFrequencyFactor: Double, originalContext: Int)
    /// Each pair's frequency is divided by a number of its own, as GGUF files store any scaling.
    case divisors([Float])
  }
  /// θ in θ^(-2i/dimension).
  public let base: Double
  /// Width of a head, even.
  public let dimension: Int
  /// As many divisors as there are pairs, where there are any.
  public let scaling: Scaling

  public init(base: Double, dimension: Int, scaling: Scaling) {
    self.base = base
    self.dimension = dimension
    self.scaling = scaling
  }

  /// Radians per position for each of the dimension/2 pairs, in float32 as models are trained with.
  public var values: [Float] {
    (0..<(dimension / 2)).map { pair in
      let frequency = 1 / Float(pow(base, Double(2 * pair) / Double(dimension)))
      if case .divisors(let divisors) = scaling { return frequency / divisors[pair] }
      guard case .llama3(let factor, let low, let high, let originalContext) = scaling else { return frequency }
      let wavelength = 2 * Double.pi / Double(frequency)
      let context = Double(originalContext)
      if wavelength < context / high { return frequency }
      if wavelength > context / low { return frequency / Float(factor) }
      let blend = (context / wavelength - low) / (high - low)
      return Float((1 - blend) * Double(frequency) / factor + blend * Double(frequency))
    }
  }

  /// `positionCount` rows of dimension/2 cosines, then dimension/2 sines.
  public func table(positionCount: Int) -> Matrix {
    let frequencies = values
    var matrix = Matrix(rows: positionCount, columns: dimension)
    for position in 0..<positionCount {
      for (pair, frequency) in frequencies.enumerated() {
        let angle = Double(Float(position) * frequency)
        matrix.values[position * dimension + pair] = Float(cos(angle))
        matrix.values[position * dimension + frequencies.count + pair] = Float(sin(angle))
      }
    }
    return matrix
  }
}
