import Foundation

/// Positions of values on a logarithmic axis.
struct LogScale {
  /// Powers of ten.
  let lowest: Double
  let highest: Double
  let from: Double
  let to: Double

  /// - Parameters:
  ///   - values: all fit between the ends, with a fifth of a decade to spare.
  ///   - from: where the low end is drawn.
  ///   - to: where the high end is drawn.
  init(_ values: [Double], leastDecades: Double, from: Double, to: Double) {
    let logarithms = values.filter { $0 > 0 && $0.isFinite }.map { log10($0) }
    var lowest = (logarithms.min() ?? 0) - 0.2
    var highest = (logarithms.max() ?? 0) + 0.2
    let lacking = max(0, leastDecades - (highest - lowest)) / 2
    lowest -= lacking
    highest += lacking
    (self.lowest, self.highest, self.from, self.to) = (lowest, highest, from, to)
  }

  func position(_ value: Double) -> Double {
    from + (log10(value) - lowest) / (highest - lowest) * (to - from)
  }

  func value(at position: Double) -> Double { pow(10, lowest + (position - from) / (to - from) * (highest - lowest)) }

  /// Powers of ten within, every second where there are many.
  var ticks: [Double] {
    let first = Int(lowest.rounded(.up))
    let last = Int(highest.rounded(.down))
    guard first <= last else { return [] }
    let step = last - first > 8 ? 2 : 1
    return stride(from: first, through: last, by: step).map { pow(10, Double($0)) }
  }

  /// 2 to 9 times each power of ten.
  var minorTicks: [Double] {
    (Int(lowest.rounded(.down))...Int(highest.rounded(.down))).flatMap { decade in
      (2...9).map { Double($0) * pow(10, Double(decade)) }
    }.filter { log10($0) > lowest && log10($0) < highest }
  }
}
