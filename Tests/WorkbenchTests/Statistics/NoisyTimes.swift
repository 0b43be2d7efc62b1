import Foundation
import Ops

/// Times as a busy machine gives them: noise with heavy tails, interruptions, a clock speed that drifts.
struct NoisyTimes {
  var random: SeededGenerator
  /// Standard deviation of the noise, as a share.
  var noise = 0.03
  /// How often a sample takes 1.5 times as long because something else ran.
  var interruptions = 0.0
  /// Deviation of the machine's speed from one sample to the next; speeds add up.
  var drift = 0.0
  /// Deviation of the machine's speed from one run to the next.
  var runOffset = 0.0
  /// Whether the noise has the tails of Student's t with 3 degrees of freedom.
  var hasHeavyTails = false

  init(seed: UInt64) { random = SeededGenerator(seed: seed) }

  /// Pairs measured in turn on a machine whose speed wanders; b takes `ratio` times as long.
  mutating func interleaved(_ count: Int, ratio: Double = 1) -> (a: [Double], b: [Double]) {
    var speed = 0.0
    var a: [Double] = []
    var b: [Double] = []
    for pair in 0..<count {
      let first = time(&speed)
      let second = time(&speed)
      a.append(pair % 2 == 0 ? first : second)
      b.append((pair % 2 == 0 ? second : first) * ratio)
    }
    return (a, b)
  }

  /// One run by itself.
  mutating func run(_ count: Int, ratio: Double = 1) -> [Double] {
    var speed = runOffset * Double(random.nextNormal())
    return (0..<count).map { _ in time(&speed) * ratio }
  }

  private mutating func time(_ speed: inout Double) -> Double {
    speed += drift * Double(random.nextNormal())
    var error = Double(random.nextNormal())
    if hasHeavyTails {
      let squares = (0..<3).reduce(0.0) { sum, _ in
        let value = Double(random.nextNormal())
        return sum + value * value
      }
      // Student's t with 3 degrees of freedom has variance 3.
      error /= squares.squareRoot()
    }
    let isInterrupted = random.nextUnit() < interruptions
    return 1e6 * exp(speed + noise * error) * (isInterrupted ? 1.5 : 1)
  }
}
