/// What a GGUF file says about its model: single values by key, and lists that are read when they are asked for.
public struct GGUFMetadata: Sendable {
  /// A list whose bytes have been proved to be there.
  struct List: Sendable {
    let type: GGUFValueType
    let count: Int
    let range: Range<Int>
  }
  public let path: String
  /// The values that are no lists, as one object.
  public let values: JSONValue
  private let lists: [ByteString: List]
  private let file: MappedFile

  init(_ file: MappedFile, values: JSONObject, lists: [ByteString: List]) {
    self.file = file
    self.values = .object(values)
    self.lists = lists
    path = file.path
  }

  /// The text of `key`, or nil where there is none.
  ///
  /// - Throws: `TensorError` where the value is no text.
  public func text(_ key: String) throws(TensorError) -> ByteString? {
    guard let value = values[key] else { return nil }
    guard let text = value.byteString else { throw TensorError("\(path): \(key) is no text") }
    return text
  }

  /// The integer of `key`, or nil where there is none.
  ///
  /// - Throws: `TensorError` where the value is no integer.
  public func integer(_ key: String) throws(TensorError) -> Int? {
    guard let value = values[key] else { return nil }
    guard case .integer(let integer) = value else { throw TensorError("\(path): \(key) is no integer") }
    return integer
  }

  /// The truth value of `key`, or nil where there is none.
  ///
  /// - Throws: `TensorError` where the value is neither true nor false.
  public func flag(_ key: String) throws(TensorError) -> Bool? {
    guard let value = values[key] else { return nil }
    guard let flag = value.bool else { throw TensorError("\(path): \(key) is neither true nor false") }
    return flag
  }

  /// The texts of the list `key`, or nil where there is none.
  ///
  /// - Throws: `TensorError` where it is another list, or a text is not UTF-8.
  public func texts(_ key: String) throws(TensorError) -> [ByteString]? {
    guard let list = lists[ByteString(key)] else { return nil }
    guard list.type == .string else { throw TensorError("\(path): \(key) is a list of \(list.type), not of texts") }
    return try file.withBytes(0..<list.range.upperBound) { bytes throws(TensorError) in
      var texts: [ByteString] = []
      texts.reserveCapacity(list.count)
      var cursor = GGUFCursor(path: path, position: list.range.lowerBound)
      for index in 0..<list.count {
        let range = try cursor.text(in: bytes, "\(key)[\(index)]")
        guard let text = bytes.text(range) else { throw cursor.error("\(key)[\(index)] is not UTF-8") }
        texts.append(text)
      }
      return texts
    }
  }

  /// The numbers of the list `key`, or nil where there is none.
  ///
  /// - Throws: `TensorError` where it is no list of 32-bit integers.
  public func integers(_ key: String) throws(TensorError) -> [Int32]? {
    guard let list = lists[ByteString(key)] else { return nil }
    guard list.type == .int32 || list.type == .uint32 else {
      throw TensorError("\(path): \(key) is a list of \(list.type), not of 32-bit integers")
    }
    return try file.withBytes(list.range) { bytes in
      (0..<list.count).map {
        Int32(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: 4 * $0, as: Int32.self))
      }
    }
  }
}
