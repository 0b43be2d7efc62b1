/// A count, length or offset taken from a file: never negative, and no arithmetic on it can wrap or trap.
package struct CheckedSize: Hashable, Sendable, Comparable, CustomStringConvertible {
  package let value: Int

  /// Nil where `value` is negative.
  package init?(_ value: Int) {
    guard value >= 0 else { return nil }
    self.value = value
  }

  /// Nil where `value` does not fit 63 bits.
  package init?(_ value: UInt64) {
    guard let value = Int(exactly: value) else { return nil }
    self.value = value
  }

  package static let zero = CheckedSize(unchecked: 0)
  package static let one = CheckedSize(unchecked: 1)

  private init(unchecked value: Int) { self.value = value }

  /// Nil where the sum does not fit.
  package func adding(_ other: CheckedSize) -> CheckedSize? {
    let (sum, overflow) = value.addingReportingOverflow(other.value)
    return overflow ? nil : CheckedSize(unchecked: sum)
  }

  /// Nil where `other` is larger.
  package func subtracting(_ other: CheckedSize) -> CheckedSize? { CheckedSize(value &- other.value) }

  /// Nil where the product does not fit.
  package func multiplied(by other: CheckedSize) -> CheckedSize? {
    let (product, overflow) = value.multipliedReportingOverflow(by: other.value)
    return overflow ? nil : CheckedSize(unchecked: product)
  }

  /// The product of all `extents`, 1 for none; nil where it, or the product of the first few, does not fit.
  package static func product(_ extents: [CheckedSize]) -> CheckedSize? {
    extents.reduce(.one as CheckedSize?) { $0?.multiplied(by: $1) }
  }

  package static func < (a: CheckedSize, b: CheckedSize) -> Bool { a.value < b.value }
  package var description: String { "\(value)" }
}
