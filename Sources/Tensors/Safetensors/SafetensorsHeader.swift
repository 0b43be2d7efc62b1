/// The header of a safetensors file, every entry proved against the number of data bytes before anything is read.
///
/// The layout is that of the format's own description: `u64` header length, JSON header, data. Ranges must follow one
/// another without hole or overlap and end with the data; tensors without elements own no byte.
struct SafetensorsHeader: Sendable {
  struct Entry: Sendable {
    let name: String
    let type: SafetensorsType
    let shape: [Int]
    /// Offsets from the first data byte.
    let range: Range<Int>
  }
  /// In the order of their bytes.
  let entries: [Entry]

  /// The format's limit on the header, in bytes.
  static let byteCountLimit = 100_000_000

  /// - Throws: `TensorError` that names the file, the tensor and the field.
  init(_ document: JSONValue, dataByteCount: Int, path: String) throws(TensorError) {
    guard case .object(let object) = document else { throw TensorError("\(path): the header is no JSON object") }
    var entries: [Entry] = []
    var names: Set<String> = []
    for (key, value) in object.members {
      if key == "__metadata__" {
        guard case .object(let notes) = value, notes.members.allSatisfy({ $0.value.byteString != nil }) else {
          throw TensorError("\(path): __metadata__ must map names to strings")
        }
        continue
      }
      let entry = try Self.entry(key, value, path: path)
      // The parser compares bytes; names are looked up as text, for which some different bytes are equal.
      guard names.insert(entry.name).inserted else {
        throw TensorError("\(path): two tensors are called \(quoted(entry.name))")
      }
      entries.append(entry)
    }
    entries.sort { ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound) }
    var end = 0
    for entry in entries {
      guard entry.range.lowerBound == end else {
        let fault =
          entry.range.lowerBound < end
          ? "overlaps the tensor before it, which ends" : "leaves a hole after the tensor before it, which ends"
        throw TensorError(
          "\(path): tensor \(quoted(entry.name)) starts at data byte \(entry.range.lowerBound) and \(fault) at \(end)")
      }
      end = entry.range.upperBound
    }
    guard end == dataByteCount else {
      throw TensorError(
        end > dataByteCount
          ? "\(path) is cut short: its tensors end at data byte \(end), the file has \(dataByteCount) data bytes"
          : "\(path) has \(dataByteCount - end) bytes after the last tensor, from data byte \(end) on")
    }
    self.entries = entries
  }

  private static func entry(_ key: ByteString, _ value: JSONValue, path: String) throws(TensorError) -> Entry {
    let name = key.description
    let place = "\(path): tensor \(quoted(name))"
    guard case .object(let fields) = value else { throw TensorError("\(place) is no JSON object") }
    guard let typeName = fields["dtype"]?.byteString else {
      throw TensorError("\(place): dtype is missing or no string")
    }
    guard let type = SafetensorsType.named(typeName) else {
      throw TensorError("\(place): dtype \(quoted(typeName.description)) is unknown")
    }
    let shape = try sizes(fields["shape"], field: "shape", place: place)
    let offsets = try sizes(fields["data_offsets"], field: "data_offsets", place: place)
    guard offsets.count == 2, offsets[0] <= offsets[1] else {
      throw TensorError("\(place): data_offsets must be two numbers, the first not above the second")
    }
    guard let elementCount = CheckedSize.product(shape), let byteCount = type.byteCount(elementCount: elementCount)
    else {
      throw TensorError("\(place): shape \(shape) of \(type.name) is no size that a file can have")
    }
    let length = offsets[1].value - offsets[0].value
    guard byteCount.value == length else {
      throw TensorError(
        "\(place): shape \(shape) of \(type.name) takes \(byteCount) bytes, data_offsets give \(length)")
    }
    return Entry(name: name, type: type, shape: shape.map(\.value), range: offsets[0].value..<offsets[1].value)
  }

  private static func sizes(
    _ value: JSONValue?, field: String, place: String
  ) throws(TensorError) -> [CheckedSize] {
    guard case .array(let values)? = value else { throw TensorError("\(place): \(field) is missing or no list") }
    var sizes: [CheckedSize] = []
    for value in values {
      guard case .integer(let integer) = value, let size = CheckedSize(integer) else {
        throw TensorError("\(place): \(field) holds something other than a whole number from 0 to 2^63 - 1")
      }
      sizes.append(size)
    }
    return sizes
  }
}
