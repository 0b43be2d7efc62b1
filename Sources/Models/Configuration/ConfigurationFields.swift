import Tensors

/// The fields of a JSON document from a stranger, each read with the range that it must lie in.
///
/// Every error is one sentence with the document, the key, its value and what is allowed.
struct ConfigurationFields: Sendable {
  let document: String
  private let object: JSONObject

  /// - Throws: `ModelError` where `value` is no JSON object.
  init(_ value: JSONValue, document: String) throws(ModelError) {
    guard let object = value.object else { throw ModelError("\(document) is no JSON object") }
    self.document = document
    self.object = object
  }

  /// The single values of a GGUF file's metadata.
  init(_ file: GGUFFile) throws(ModelError) { try self.init(file.metadata.values, document: "the file's metadata") }

  /// The value of the first of `keys` that is there and not null.
  func value(_ keys: String...) -> (key: String, value: JSONValue)? { value(keys) }

  func value(_ keys: [String]) -> (key: String, value: JSONValue)? {
    for key in keys { if let value = object[key], !value.isNull { return (key, value) } }
    return nil
  }

  func error(_ key: String, _ value: JSONValue, allowed: String) -> ModelError {
    ModelError("\(document): \(key) is \(value.shown); it must be \(allowed)")
  }

  func missing(_ keys: [String]) -> ModelError {
    ModelError("\(document): \(keys.joined(separator: " or ")) is missing")
  }

  /// The integer of the first of `keys` that is there, else `missing`.
  func integer(_ keys: String..., in range: ClosedRange<Int>, default missing: Int? = nil) throws(ModelError) -> Int {
    guard let (key, value) = value(keys) else {
      guard let missing else { throw self.missing(keys) }
      return missing
    }
    guard let integer = value.integer, range.contains(integer) else {
      throw error(key, value, allowed: "a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return integer
  }

  /// The number of the first of `keys` that is there, else `missing`.
  func number(
    _ keys: String..., in range: ClosedRange<Double>, default missing: Double? = nil
  ) throws(ModelError) -> Double {
    guard let (key, value) = value(keys) else {
      guard let missing else { throw self.missing(keys) }
      return missing
    }
    guard let number = value.number, range.contains(number) else {
      throw error(key, value, allowed: "a number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  func flag(_ key: String, default missing: Bool) throws(ModelError) -> Bool {
    guard let (key, value) = value(key) else { return missing }
    guard let flag = value.bool else { throw error(key, value, allowed: "true or false") }
    return flag
  }

  /// The text of the first of `keys` that is there, which must be one of `allowed`; else `missing`.
  func choice(_ keys: String..., of allowed: [String], default missing: String) throws(ModelError) -> String {
    guard let (key, value) = value(keys) else { return missing }
    guard let text = value.string, allowed.contains(text) else {
      throw error(key, value, allowed: allowed.map { "\"\($0)\"" }.joined(separator: " or "))
    }
    return text
  }

  /// The object `key`, or nil where it is missing or null.
  func fields(_ key: String) throws(ModelError) -> ConfigurationFields? {
    guard let (key, value) = value(key) else { return nil }
    guard value.object != nil else { throw error(key, value, allowed: "an object") }
    return try ConfigurationFields(value, document: "\(document), \(key)")
  }

  /// Token ids of `key`, which may hold one id or a list; empty where it is missing or null.
  func tokens(_ key: String, vocabularySize: Int) throws(ModelError) -> [Int32] {
    guard let (key, value) = value(key) else { return [] }
    var tokens: [Int32] = []
    for element in value.array ?? [value] {
      guard let id = element.integer, (0..<vocabularySize).contains(id), let token = Int32(exactly: id) else {
        throw error(key, element, allowed: "a token id from 0 to \(vocabularySize - 1), or a list of such")
      }
      if !tokens.contains(token) { tokens.append(token) }
    }
    return tokens
  }
}

extension JSONValue {
  /// The value as an error may print it.
  var shown: String {
    switch self {
    case .null: "null"
    case .bool(let value): "\(value)"
    case .integer(let value): "\(value)"
    case .number(let value): "\(value)"
    case .string(let text): quoted(text.description)
    case .array(let values): "a list of \(values.count)"
    case .object(let object): "an object of \(object.members.count)"
    }
  }
}
