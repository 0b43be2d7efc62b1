import Tensors
import Testing

@Suite struct JSONTests {
  private func parse(_ text: String) throws -> JSONValue { try JSONValue(parsing: Array(text.utf8), name: "text") }

  @Test func valuesAreRead() throws {
    let value = try parse(#" {"a": [1, -2, 2.5, 1e3, true, false, null], "b": {"c": "d\n\u00e9\ud83d\ude00"}} "#)
    #expect(
      value["a"]?.array == [.integer(1), .integer(-2), .number(2.5), .number(1000), .bool(true), .bool(false), .null])
    #expect(value["b"]?["c"]?.string == "d\né😀")
    #expect(try parse("9223372036854775807") == .integer(.max))
    #expect(try parse("9223372036854775808") == .number(0x1p63))
    #expect(try parse("-9223372036854775808") == .integer(.min))
  }

  /// A list of sizes must not hold minus zero, which other readers take for a float.
  @Test func minusZeroIsNoInteger() throws { #expect(try parse("-0") == .number(-0.0)) }

  /// 가 as one scalar and as two are equal for `String`, and different keys here.
  @Test func keysAreBytes() throws {
    let value = try parse("{\"\u{ac00}\": 1, \"\u{1100}\u{1161}\": 2}")
    #expect(value["\u{ac00}"] == .integer(1))
    #expect(value["\u{1100}\u{1161}"] == .integer(2))
  }

  @Test(arguments: [
    "", " ", "{", "[", "[1,]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "[1 2]", "01", "-", "1.", ".5", "1e", "+1",
    "NaN", "Infinity", "tru", "nul", "\"", "\"\\", "\"\\x\"", "\"\\u12\"", "\"\\ud800\"", "\"\\ud800\\u0041\"",
    "\"\\udc00\"", "\"\u{1}\"", "1 2", "{} {}", "1e999", "[1]]", "'a'", "// a\n1", "{\"a\":1,\"a\":2}",
    "{\"a\":1,\"\\u0061\":2}",
  ])
  func malformedTextIsRefused(_ text: String) { #expect(throws: TensorError.self) { try parse(text) } }

  @Test func textThatIsNoUTF8IsRefused() {
    for bytes: [UInt8] in [[0xff], [0xc0, 0x80], [0xe0, 0x80, 0x80], [0xed, 0xa0, 0x80], [0xf5, 0x80, 0x80, 0x80]] {
      #expect(throws: TensorError.self) { try JSONValue(parsing: [0x22] + bytes + [0x22], name: "text") }
    }
  }

  @Test func depthIsLimited() throws {
    func nested(_ depth: Int) -> String { String(repeating: "[", count: depth) + String(repeating: "]", count: depth) }
    _ = try parse(nested(64))
    for depth in [65, 100_000] { #expect(throws: TensorError.self) { try parse(nested(depth)) } }
  }

  @Test func errorsSayWhere() {
    #expect(throws: TensorError("text, byte 4: the document ends too early")) { try parse("[1, ") }
    #expect(throws: TensorError("text, byte 24: key \"a\\u{1b}\" stands twice")) {
      try parse(#"{"a\u001b":1,"a\u001b":2}"#)
    }
  }
}
