import Foundation

extension ResultTable {
  /// How the cells of a column look to people.
  package enum Format: Sendable, Hashable {
    /// Text to the left, numbers to the right and as short as they are exact.
    case plain
    /// Text that reads as a number, such as `132.19 ± 0.55`, set to the right.
    case figure
    /// That many decimals.
    case fixed(Int)
    /// Three significant digits.
    case rate
    /// Bytes in the binary unit that suits: `6.5 MiB`.
    case bytes
    /// Nanoseconds in the unit that suits: `12.3 µs`.
    case nanoseconds
    /// A share of 1: `42 %`.
    case percent
    /// A probability: `0.013`, `1.2e-05`.
    case probability
    /// Times the factor with three significant digits and the unit.
    case scaled(Double, unit: String)

    /// One line without control characters, empty where the value is missing.
    func shown(_ value: Value) -> String {
      switch value {
      case .missing: ""
      case .text(let text): Self.oneLine(text)
      case .flag(let flag): flag ? "yes" : "no"
      case .numbers(let values): "\(values.count) samples"
      case .integer(let integer): self == .plain ? "\(integer)" : shown(Double(integer))
      case .number(let number): number.isFinite ? shown(number) : "–"
      }
    }

    private func shown(_ number: Double) -> String {
      switch self {
      case .plain, .figure: "\(number)"
      case .fixed(let decimals): String(format: "%.*f", decimals, number)
      case .rate: Figures.rate(number)
      case .bytes: Int(exactly: number.rounded()).map(Figures.bytes) ?? "\(number)"
      case .nanoseconds: Figures.nanoseconds(number)
      case .percent: String(format: "%.0f %%", number * 100)
      case .probability: String(format: number < 0.001 ? "%.1e" : "%.3f", number)
      case .scaled(let factor, let unit): Figures.rate(number * factor) + " " + unit
      }
    }

    /// A file may come from a stranger: nothing of it steers a terminal.
    private static func oneLine(_ text: String) -> String {
      String(
        String.UnicodeScalarView(
          text.unicodeScalars.map { scalar in
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator: " "
            default: scalar
            }
          }))
    }
  }
}
