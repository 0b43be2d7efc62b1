import Foundation
import Tensors
import Testing
import Text

/// One of the test tokenizers with what the `tokenizers` package makes of the shared strings.
struct GoldenFile {
  static let directory = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Fixtures/tokenizers").path

  static let names = ["exaone", "nfc", "llama"]

  let name: String
  let tokenizer: Tokenizer
  let golden: JSONValue

  init(_ name: String) throws {
    self.name = name
    tokenizer = try Self.tokenizer(name)
    golden = try JSONValue(path: Self.directory + "/\(name).golden.json")
  }

  static func tokenizer(_ name: String) throws -> Tokenizer {
    try Tokenizer(json: json(name), name: "\(name).tokenizer.json")
  }

  static func json(_ name: String) throws -> [UInt8] {
    try [UInt8](Data(contentsOf: URL(filePath: directory + "/\(name).tokenizer.json")))
  }

  static func strings() throws -> [[UInt8]] {
    let document = try JSONValue(path: directory + "/strings.json")
    return try #require(document.array).map { value in
      if let text = value.byteString { return text.bytes }
      let digits = try #require(value["hex"]?.byteString).bytes
      return try stride(from: 0, to: digits.count, by: 2).map {
        try #require(UInt8(String(decoding: digits[$0..<$0 + 2], as: UTF8.self), radix: 16))
      }
    }
  }

  static func ids(_ value: JSONValue?) throws -> [Int32] {
    try #require(value?.array).map { Int32(try #require($0.integer)) }
  }

  /// Indices of strings with their ids.
  static func pairs(_ value: JSONValue?) throws -> [(index: Int, ids: [Int32])] {
    try #require(value?.array).map { pair in
      (try #require(pair.array?.first?.integer), try ids(pair.array?.last))
    }
  }
}

/// Counts what is equal and keeps the first that is not, in a form that a person can paste.
struct Tally {
  var count = 0
  var wrong = 0
  var firstMismatch = ""

  mutating func compare<Value: Equatable>(_ got: Value, _ expected: Value, of text: @autoclosure () -> String) {
    count += 1
    guard got != expected else { return }
    wrong += 1
    if firstMismatch.isEmpty { firstMismatch = "\(text()): got \(got), expected \(expected)" }
  }

  func report(_ title: String) {
    print("\(title): \(count - wrong) of \(count) equal")
    #expect(wrong == 0, "\(title): \(wrong) of \(count) differ, first: \(firstMismatch)")
  }
}

extension [UInt8] {
  /// ASCII as it is, everything else as escapes.
  var escaped: String {
    "\""
      + map {
        (0x20..<0x7f).contains($0) && $0 != 0x22 && $0 != 0x5c
          ? String(Character(Unicode.Scalar($0))) : "\\x" + String($0 + 0, radix: 16)
      }.joined() + "\""
  }
}
