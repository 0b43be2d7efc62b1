/// RFC 8259, strictly, over bytes.
struct JSONParser {
  static let depthLimit = 64
  private let bytes: [UInt8]
  private let name: String
  private var position = 0

  init(bytes: [UInt8], name: String) {
    self.bytes = bytes
    self.name = name
  }

  mutating func document() throws(TensorError) -> JSONValue {
    let value = try value(depth: 0)
    skipBlanks()
    guard position == bytes.count else { throw error("text after the document's end") }
    return value
  }

  private func error(_ reason: String) -> TensorError { TensorError("\(name), byte \(position): \(reason)") }
  private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func skipBlanks() {
    while let byte = current, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 { position += 1 }
  }

  private mutating func expect(_ byte: UInt8) throws(TensorError) {
    guard current == byte else { throw error("expected '\(Character(Unicode.Scalar(byte)))'") }
    position += 1
  }

  private mutating func value(depth: Int) throws(TensorError) -> JSONValue {
    guard depth < Self.depthLimit else { throw error("nested more than \(Self.depthLimit) deep") }
    skipBlanks()
    switch current {
    case UInt8(ascii: "{"): return .object(try object(depth: depth))
    case UInt8(ascii: "["): return .array(try array(depth: depth))
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try literal("true", .bool(true))
    case UInt8(ascii: "f"): return try literal("false", .bool(false))
    case UInt8(ascii: "n"): return try literal("null", .null)
    case nil: throw error("the document ends too early")
    default: return try number()
    }
  }

  private mutating func literal(_ text: StaticString, _ value: JSONValue) throws(TensorError) -> JSONValue {
    for byte in "\(text)".utf8 { try expect(byte) }
    return value
  }

  private mutating func object(depth: Int) throws(TensorError) -> JSONObject {
    try expect(UInt8(ascii: "{"))
    var object = JSONObject()
    skipBlanks()
    if current == UInt8(ascii: "}") {
      position += 1
      return object
    }
    while true {
      skipBlanks()
      let key = try string()
      skipBlanks()
      try expect(UInt8(ascii: ":"))
      guard object.insert(key, try value(depth: depth + 1)) else {
        throw error("key \(quoted(key.description)) stands twice")
      }
      skipBlanks()
      if current == UInt8(ascii: ",") {
        position += 1
        continue
      }
      try expect(UInt8(ascii: "}"))
      return object
    }
  }

  private mutating func array(depth: Int) throws(TensorError) -> [JSONValue] {
    try expect(UInt8(ascii: "["))
    var values: [JSONValue] = []
    skipBlanks()
    if current == UInt8(ascii: "]") {
      position += 1
      return values
    }
    while true {
      values.append(try value(depth: depth + 1))
      skipBlanks()
      if current == UInt8(ascii: ",") {
        position += 1
        continue
      }
      try expect(UInt8(ascii: "]"))
      return values
    }
  }

  private mutating func number() throws(TensorError) -> JSONValue {
    let start = position
    if current == UInt8(ascii: "-") { position += 1 }
    let leading = current
    let integerDigits = skipDigits()
    guard integerDigits > 0, integerDigits == 1 || leading != UInt8(ascii: "0") else { throw error("no JSON value") }
    var isInteger = true
    if current == UInt8(ascii: ".") {
      isInteger = false
      position += 1
      guard skipDigits() > 0 else { throw error("digits are missing after the point") }
    }
    if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
      isInteger = false
      position += 1
      if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { position += 1 }
      guard skipDigits() > 0 else { throw error("digits are missing in the exponent") }
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    // Minus zero is a floating-point number: no list of sizes may hold it.
    if isInteger, text != "-0", let integer = Int(text) { return .integer(integer) }
    guard let number = Double(text), number.isFinite else { throw error("the number \(text) is out of range") }
    return .number(number)
  }

  private mutating func skipDigits() -> Int {
    let start = position
    while let byte = current, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
    return position - start
  }

  private mutating func string() throws(TensorError) -> ByteString {
    try expect(UInt8(ascii: "\""))
    let start = position
    while let byte = current, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 { position += 1 }
    var text = Array(bytes[start..<position])
    while true {
      guard let byte = current else { throw error("a string has no end") }
      position += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard text.allSatisfy({ $0 < 0x80 }) || String(validating: text, as: UTF8.self) != nil else {
          throw error("a string is not UTF-8")
        }
        return ByteString(text)
      case UInt8(ascii: "\\"): try escape(into: &text)
      case 0..<0x20: throw error("a control character stands in a string")
      default: text.append(byte)
      }
    }
  }

  private mutating func escape(into text: inout [UInt8]) throws(TensorError) {
    guard let byte = current else { throw error("a string has no end") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0c)
    case UInt8(ascii: "n"): text.append(0x0a)
    case UInt8(ascii: "r"): text.append(0x0d)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "u"):
      var code = try hexadecimal()
      if (0xd800..<0xdc00).contains(code), current == UInt8(ascii: "\\") {
        position += 1
        try expect(UInt8(ascii: "u"))
        let low = try hexadecimal()
        guard (0xdc00..<0xe000).contains(low) else { throw error("half a surrogate pair") }
        code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00)
      }
      guard let scalar = Unicode.Scalar(code) else { throw error("half a surrogate pair") }
      text.append(contentsOf: Array(String(Character(scalar)).utf8))
    default: throw error("unknown escape")
    }
  }

  private mutating func hexadecimal() throws(TensorError) -> UInt32 {
    var code: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = current, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw error("\\u needs four hexadecimal digits")
      }
      position += 1
      code = code << 4 | UInt32(digit)
    }
    return code
  }
}
