/// All that stands before the data of a GGUF file: metadata and the places of the tensors, every count and offset proved
/// against the bytes of the file before it is used.
///
/// The layout is that of the format's description, version 3, little endian: magic, version, count of tensors, count of
/// values, the values, the tensors, padding, data.
struct GGUFHeader: Sendable {
  struct Entry: Sendable {
    let name: String
    /// Extents, slowest first: the file has the fastest first.
    let shape: [Int]
    let type: UInt32
    /// Where the bytes lie in the file; nil for types that Kalsae does not read.
    let range: Range<Int>?
  }
  private(set) var values = JSONObject()
  private(set) var lists: [ByteString: GGUFMetadata.List] = [:]
  /// In the order of the file.
  private(set) var entries: [Entry] = []

  private static let magic = Array("GGUF".utf8)
  private static let alignmentKey: ByteString = "general.alignment"
  private static let alignments = 8...(1 << 20)

  private var cursor: GGUFCursor
  private var alignment = 32

  init(_ bytes: RawSpan, path: String) throws(TensorError) {
    cursor = GGUFCursor(path: path)
    guard bytes.byteCount >= 4, [UInt8](copying: bytes.extracting(0..<4)) == Self.magic else {
      throw cursor.error("this is no GGUF file; a model is one such file, or a folder with config.json")
    }
    _ = try cursor.number(UInt32.self, in: bytes, "the magic number")
    let start = cursor
    let version = try cursor.number(UInt32.self, in: bytes, "the version")
    guard version == 3 else {
      let hint = version.byteSwapped == 3 ? "it is big-endian, only little-endian files are read" : "only 3 is read"
      throw start.error("version \(version) of GGUF; \(hint)")
    }
    // The shortest tensor: an empty name, one extent, type and offset. The shortest value: an empty key, one byte.
    let tensorCount = try cursor.count(of: 32, in: bytes, "the number of tensors")
    let valueCount = try cursor.count(of: 13, in: bytes, "the number of values")
    for _ in 0..<valueCount { try readValue(bytes) }
    var infos: [TensorInfo] = []
    for _ in 0..<tensorCount { infos.append(try readInfo(bytes)) }
    try place(infos, in: bytes)
  }
}

extension GGUFHeader {
  private mutating func readValue(_ bytes: RawSpan) throws(TensorError) {
    let place = cursor
    guard let key = bytes.text(try cursor.text(in: bytes, "a key")), !key.bytes.isEmpty else {
      throw place.error("a key is empty or not UTF-8")
    }
    let name = quoted(key.description)
    let type = try readType(bytes, of: name)
    if type == .array {
      guard try lists.updateValue(readList(bytes, name), forKey: key) == nil, values[key] == nil else {
        throw place.error("key \(name) stands twice")
      }
      return
    }
    let value = try readScalar(type, bytes, name)
    guard lists[key] == nil, values.insert(key, value) else { throw place.error("key \(name) stands twice") }
    guard key == Self.alignmentKey else { return }
    guard type == .uint32, let stated = value.integer, Self.alignments.contains(stated), stated.nonzeroBitCount == 1
    else { throw place.error("\(name) must be a 32-bit power of two from 8 to \(Self.alignments.upperBound)") }
    alignment = stated
  }

  private mutating func readType(_ bytes: RawSpan, of name: String) throws(TensorError) -> GGUFValueType {
    let place = cursor
    let number = try cursor.number(UInt32.self, in: bytes, "the type of \(name)")
    guard let type = GGUFValueType(rawValue: number) else {
      throw place.error("\(name) has the unknown value type \(number)")
    }
    return type
  }

  private mutating func readScalar(
    _ type: GGUFValueType, _ bytes: RawSpan, _ name: String
  ) throws(TensorError) -> JSONValue {
    let place = cursor
    switch type {
    case .uint8: return .integer(Int(try cursor.number(UInt8.self, in: bytes, name)))
    case .int8: return .integer(Int(try cursor.number(Int8.self, in: bytes, name)))
    case .uint16: return .integer(Int(try cursor.number(UInt16.self, in: bytes, name)))
    case .int16: return .integer(Int(try cursor.number(Int16.self, in: bytes, name)))
    case .uint32: return .integer(Int(try cursor.number(UInt32.self, in: bytes, name)))
    case .int32: return .integer(Int(try cursor.number(Int32.self, in: bytes, name)))
    case .int64: return .integer(Int(try cursor.number(Int64.self, in: bytes, name)))
    case .uint64:
      let number = try cursor.number(UInt64.self, in: bytes, name)
      guard let value = Int(exactly: number) else { throw place.error("\(name) is \(number), above 2^63 - 1") }
      return .integer(value)
    case .float32: return .number(Double(Float(bitPattern: try cursor.number(UInt32.self, in: bytes, name))))
    case .float64: return .number(Double(bitPattern: try cursor.number(UInt64.self, in: bytes, name)))
    case .bool:
      let byte = try cursor.number(UInt8.self, in: bytes, name)
      guard byte <= 1 else { throw place.error("\(name) is \(byte), neither true (1) nor false (0)") }
      return .bool(byte == 1)
    case .string:
      guard let text = bytes.text(try cursor.text(in: bytes, name)) else { throw place.error("\(name) is not UTF-8") }
      return .string(text)
    case .array: throw place.error("\(name) is a list")
    }
  }

  /// Proves that a list is there without keeping its elements; texts are looked at one by one.
  private mutating func readList(_ bytes: RawSpan, _ name: String) throws(TensorError) -> GGUFMetadata.List {
    let place = cursor
    let type = try readType(bytes, of: name)
    guard type != .array else { throw place.error("\(name) is a list of lists, which no model needs") }
    let count = try cursor.count(of: type.leastByteCount, in: bytes, "the length of \(name)")
    let start = cursor.position
    if type == .string {
      for index in 0..<count { _ = try cursor.text(in: bytes, "\(name)[\(index)]") }
    } else {
      guard let width = CheckedSize(type.leastByteCount), let size = CheckedSize(count)?.multiplied(by: width) else {
        throw place.error("\(name) is too long")
      }
      _ = try cursor.take(size, of: bytes, name)
    }
    return GGUFMetadata.List(type: type, count: count, range: start..<cursor.position)
  }
}

extension GGUFHeader {
  /// A tensor before its place is known.
  private struct TensorInfo {
    let name: String
    let shape: [CheckedSize]
    let type: UInt32
    let offset: CheckedSize
    let cursor: GGUFCursor
  }

  private mutating func readInfo(_ bytes: RawSpan) throws(TensorError) -> TensorInfo {
    let start = cursor
    guard let key = bytes.text(try cursor.text(in: bytes, "a tensor's name")), !key.bytes.isEmpty else {
      throw start.error("a tensor's name is empty or not UTF-8")
    }
    let name = "tensor \(quoted(key.description))"
    let dimensionCount = try cursor.number(UInt32.self, in: bytes, "the dimensions of \(name)")
    guard (1...4).contains(dimensionCount) else {
      throw start.error("\(name) has \(dimensionCount) dimensions; it must be 1 to 4")
    }
    var shape: [CheckedSize] = []
    for _ in 0..<dimensionCount {
      let extent = try cursor.number(UInt64.self, in: bytes, "the shape of \(name)")
      guard extent >= 1, extent <= 1 << 40, let size = CheckedSize(extent) else {
        throw start.error("\(name) has an extent of \(extent); it must be 1 to 2^40")
      }
      shape.insert(size, at: 0)
    }
    let type = try cursor.number(UInt32.self, in: bytes, "the type of \(name)")
    let offset = try cursor.number(UInt64.self, in: bytes, "the offset of \(name)")
    guard let offset = CheckedSize(offset) else {
      throw start.error("\(name) has the offset \(offset), above 2^63 - 1")
    }
    return TensorInfo(name: key.description, shape: shape, type: type, offset: offset, cursor: start)
  }

  /// Proves that every tensor lies in the data, aligned and apart from the others.
  private mutating func place(_ infos: [TensorInfo], in bytes: RawSpan) throws(TensorError) {
    let padding = (alignment - cursor.position % alignment) % alignment
    guard let dataStart = CheckedSize(cursor.position).flatMap({ start in CheckedSize(padding).flatMap(start.adding) })
    else { throw cursor.error("the data lies beyond 2^63 bytes") }
    var names: Set<String> = []
    for info in infos {
      // Names are looked up as text, for which some different bytes are equal.
      guard names.insert(info.name).inserted else {
        throw info.cursor.error("two tensors are called \(quoted(info.name))")
      }
      let range = try range(of: info, dataStart: dataStart, fileByteCount: bytes.byteCount)
      entries.append(Entry(name: info.name, shape: info.shape.map(\.value), type: info.type, range: range))
    }
    var end = 0
    var before = ""
    for entry in entries.sorted(by: { ($0.range?.lowerBound ?? 0) < ($1.range?.lowerBound ?? 0) }) {
      guard let range = entry.range else { continue }
      guard range.lowerBound >= end else {
        throw TensorError(
          "\(cursor.path), byte \(range.lowerBound): tensor \(quoted(entry.name)) overlaps \(quoted(before)), "
            + "which ends at byte \(end)")
      }
      (end, before) = (range.upperBound, entry.name)
    }
  }

  private func range(
    of info: TensorInfo, dataStart: CheckedSize, fileByteCount: Int
  ) throws(TensorError) -> Range<Int>? {
    let name = "tensor \(quoted(info.name))"
    guard info.offset.value.isMultiple(of: alignment) else {
      throw info.cursor.error("\(name) has the offset \(info.offset), no multiple of the alignment \(alignment)")
    }
    guard let format = GGUFTensorType.format(info.type) else { return nil }
    guard let elements = CheckedSize.product(info.shape), let columns = info.shape.last,
      columns.value.isMultiple(of: format.blockLength),
      let byteCount = format.byteCount(elementCount: elements.value).flatMap({ CheckedSize($0) })
    else {
      throw info.cursor.error(
        "\(name) is \(info.shape.map(\.value)) of \(GGUFTensorType.name(info.type)), no size that a file can have")
    }
    guard let start = dataStart.adding(info.offset), let end = start.adding(byteCount), end.value <= fileByteCount
    else {
      throw info.cursor.error(
        "\(name) takes \(byteCount) bytes from data byte \(info.offset) on, beyond the file's end at \(fileByteCount)")
    }
    return start.value..<end.value
  }
}
