import Foundation

/// Numbers as people read them.
package enum Figures {
  /// Bytes in the largest binary unit that leaves at least 1: `6.5 MiB`.
  package static func bytes(_ count: Int) -> String {
    var value = Double(count)
    for unit in ["B", "KiB", "MiB", "GiB"] {
      if value < 1024 { return unit == "B" ? "\(count) B" : String(format: "%.1f %@", value, unit) }
      value /= 1024
    }
    return String(format: "%.2f TiB", value)
  }

  /// Three significant digits, more only where whole numbers need them: `41.2`, `1234`.
  package static func rate(_ value: Double) -> String {
    switch value {
    case ..<10: String(format: "%.2f", value)
    case ..<100: String(format: "%.1f", value)
    default: String(format: "%.0f", value)
    }
  }

  /// Three significant digits and the unit: `812 ns`, `12.3 µs`, `4.56 s`.
  package static func nanoseconds(_ value: Double) -> String {
    switch abs(value) {
    case ..<1e3: rate(value) + " ns"
    case ..<1e6: rate(value / 1e3) + " µs"
    case ..<1e9: rate(value / 1e6) + " ms"
    default: rate(value / 1e9) + " s"
    }
  }

  /// Three significant digits with the prefix of the SI that leaves at least 1: `36.2 GB/s`.
  package static func metric(_ value: Double, unit: String) -> String {
    var scaled = value
    for prefix in ["", "k", "M", "G", "T"] {
      if abs(scaled) < 999.5 { return "\(rate(scaled)) \(prefix)\(unit)" }
      scaled /= 1000
    }
    return "\(rate(scaled)) P\(unit)"
  }

  package static func seconds(_ value: Double) -> String {
    if value < 1e-4 { return String(format: "%.2f µs", value * 1e6) }
    return value < 1 ? String(format: "%.1f ms", value * 1000) : String(format: "%.2f s", value)
  }

  /// A rate in the largest decimal unit that leaves at least 1: `9.41 GB/s`, `41.2 TFLOP/s`.
  package static func metric(_ value: Double, _ unit: String) -> String {
    var value = value / 1e6
    for prefix in ["M", "G"] {
      if value < 1000 { return "\(rate(value)) \(prefix)\(unit)" }
      value /= 1000
    }
    return "\(rate(value)) T\(unit)"
  }

  /// The most memory that this process has had resident, as the kernel counts it; nil where it does not say.
  package static func peakMemoryByteCount() -> Int? {
    guard let data = FileManager.default.contents(atPath: "/proc/self/status") else { return nil }
    for line in String(decoding: data, as: UTF8.self).split(separator: "\n") where line.hasPrefix("VmHWM:") {
      guard
        let kibibytes = line.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first.flatMap({ Int($0) })
      else { return nil }
      return kibibytes * 1024
    }
    return nil
  }
}
