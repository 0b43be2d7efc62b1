/// A safetensors file whose whole header has been proved against its size; tensors are read where they lie.
public struct SafetensorsFile: Sendable {
  public let path: String
  /// The tensors that Kalsae can compute with, in the order of their bytes.
  public let tensors: [StoredTensor]
  /// The element types of all other tensors, by name, as the header spells them.
  public let unreadable: [String: String]

  /// Opens and checks the file at `path`.
  ///
  /// - Throws: `TensorError` that names the file, and the tensor, field or byte at fault.
  public init(path: String) throws(TensorError) { try self.init(MappedFile(path: path)) }

  init(_ file: MappedFile) throws(TensorError) {
    let path = file.path
    guard file.byteCount >= 8 else {
      throw TensorError("\(path) has \(file.byteCount) bytes, too few for the header length of a safetensors file")
    }
    let stated = try file.withBytes(0..<8) { UInt64(littleEndian: $0.unsafeLoadUnaligned(as: UInt64.self)) }
    guard let length = CheckedSize(stated), length.value <= SafetensorsHeader.byteCountLimit else {
      throw TensorError(
        "\(path), byte 0: a header of \(stated) bytes; the format allows \(SafetensorsHeader.byteCountLimit)")
    }
    let dataStart = 8 + length.value
    guard dataStart <= file.byteCount else {
      throw TensorError("\(path), byte 0: a header of \(length) bytes in a file of \(file.byteCount) bytes")
    }
    let text = try file.withBytes(8..<dataStart) { [UInt8](copying: $0) }
    guard text.first == UInt8(ascii: "{") else { throw TensorError("\(path), byte 8: the header must begin with {") }
    let header = try SafetensorsHeader(
      JSONValue(parsing: text, name: "\(path), header"), dataByteCount: file.byteCount - dataStart, path: path)
    var tensors: [StoredTensor] = []
    var unreadable: [String: String] = [:]
    for entry in header.entries {
      guard let format = entry.type.format else {
        unreadable[entry.name] = entry.type.name
        continue
      }
      let range = (dataStart + entry.range.lowerBound)..<(dataStart + entry.range.upperBound)
      tensors.append(
        try StoredTensor(
          name: entry.name, spec: TensorSpec(shape: entry.shape, format: format), bytes: .file(file, range)))
    }
    self.path = path
    self.tensors = tensors
    self.unreadable = unreadable
  }
}
