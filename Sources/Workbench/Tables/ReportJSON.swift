import Foundation

/// How reports are written as JSON.
package enum ReportJSON {
  /// One line with sorted keys in snake_case and a line end; what is not finite is `inf`, `-inf` or `nan` in quotes.
  package static func line(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .custom { Key($0.last?.stringValue ?? "") }
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return String(decoding: try encoder.encode(value), as: UTF8.self) + "\n"
  }

  /// A property's name in snake_case; a name without small letters is a tunable's and stays.
  private struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(_ name: String) {
      let isProperty = name.contains(where: \.isLowercase)
      stringValue =
        isProperty ? name.map { $0.isUppercase ? "_\($0.lowercased())" : "\($0)" }.joined() : name
    }

    init?(stringValue: String) { self.init(stringValue) }
    init?(intValue: Int) { nil }
  }
}
