/// A GGUF file (version 3) of which everything before the data has been proved against its size; tensors are read where
/// they lie.
public struct GGUFFile: Sendable {
  public let path: String
  public let metadata: GGUFMetadata
  /// The tensors that Kalsae can compute with, in the order of the file.
  public let tensors: [StoredTensor]
  /// The element types of all other tensors, by name.
  public let unreadable: [String: String]

  /// The element types that can be computed with, as errors list them.
  public static var readableTypes: String { GGUFTensorType.readableNames }

  /// Opens and checks the file at `path`; no weight is read yet.
  ///
  /// - Throws: `TensorError` that names the file, the field at fault and its place.
  public init(path: String) throws(TensorError) { try self.init(MappedFile(path: path)) }

  init(_ file: MappedFile) throws(TensorError) {
    let header = try file.withBytes(0..<file.byteCount) { bytes throws(TensorError) in
      try GGUFHeader(bytes, path: file.path)
    }
    var tensors: [StoredTensor] = []
    var unreadable: [String: String] = [:]
    for entry in header.entries {
      guard let format = GGUFTensorType.format(entry.type), let range = entry.range else {
        unreadable[entry.name] = GGUFTensorType.name(entry.type)
        continue
      }
      tensors.append(
        try StoredTensor(
          name: entry.name, spec: TensorSpec(shape: entry.shape, format: format), bytes: .file(file, range)))
    }
    path = file.path
    metadata = GGUFMetadata(file, values: header.values, lists: header.lists)
    self.tensors = tensors
    self.unreadable = unreadable
  }

  /// Whether `path` leads to a file, so that it is to be read as this format and not as a model's folder.
  public static func isFile(_ path: String) -> Bool { MappedFile.exists(path) && !MappedFile.isFolder(path) }
}
