/// A JSON document from a stranger: duplicate keys, depth above 64 and malformed UTF-8 are refused.
public indirect enum JSONValue: Sendable, Hashable {
  case null
  case bool(Bool)
  /// An integer that fits 64 bits.
  case integer(Int)
  case number(Double)
  case string(ByteString)
  case array([JSONValue])
  case object(JSONObject)

  /// - Parameter name: what to call the document in errors.
  /// - Throws: `TensorError` that names the document and the byte offset.
  public init(parsing bytes: [UInt8], name: String) throws(TensorError) {
    var parser = JSONParser(bytes: bytes, name: name)
    self = try parser.document()
  }

  /// Reads and parses a whole file.
  public init(path: String) throws(TensorError) {
    let file = try MappedFile(path: path)
    let bytes = try file.withBytes(0..<file.byteCount) { span in
      [UInt8](copying: span)
    }
    try self.init(parsing: bytes, name: path)
  }

  public subscript(key: String) -> JSONValue? { if case .object(let object) = self { object[key] } else { nil } }
  public var object: JSONObject? { if case .object(let object) = self { object } else { nil } }
  public var array: [JSONValue]? { if case .array(let values) = self { values } else { nil } }
  public var byteString: ByteString? { if case .string(let string) = self { string } else { nil } }
  public var string: String? { byteString.map(\.description) }
  public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
  public var integer: Int? {
    switch self {
    case .integer(let value): value
    case .number(let value): Int(exactly: value)
    default: nil
    }
  }
  public var number: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    default: nil
    }
  }
  public var isNull: Bool { self == .null }
}

/// The members of a JSON object in the order of the document.
public struct JSONObject: Sendable, Hashable {
  public private(set) var members: [(key: ByteString, value: JSONValue)] = []
  private var positions: [ByteString: Int] = [:]

  init() {}

  public subscript(key: String) -> JSONValue? { positions[ByteString(key)].map { members[$0].value } }
  public subscript(key: ByteString) -> JSONValue? { positions[key].map { members[$0].value } }

  /// False where the key is there already.
  mutating func insert(_ key: ByteString, _ value: JSONValue) -> Bool {
    guard positions.updateValue(members.count, forKey: key) == nil else { return false }
    members.append((key, value))
    return true
  }

  public static func == (a: JSONObject, b: JSONObject) -> Bool {
    a.members.elementsEqual(b.members) { $0.key == $1.key && $0.value == $1.value }
  }
  public func hash(into hasher: inout Hasher) {
    for member in members {
      hasher.combine(member.key)
      hasher.combine(member.value)
    }
  }
}

extension [UInt8] {
  init(copying span: RawSpan) {
    self.init()
    reserveCapacity(span.byteCount)
    for i in 0..<span.byteCount { append(span.unsafeLoadUnaligned(fromByteOffset: i, as: UInt8.self)) }
  }
}
