/// A model's folder as Hugging Face lays it out: config.json, one or several safetensors files, generation_config.json.
public struct Checkpoint: Sendable {
  public let directory: String
  /// config.json.
  public let configuration: JSONValue
  /// generation_config.json, where there is one.
  public let generation: JSONValue?
  /// The tensors that Kalsae can compute with.
  public let tensors: [StoredTensor]
  /// The element types of all other tensors, by name, as their file spells them.
  public let unreadable: [String: String]

  /// Opens the folder and proves every header; no weight is read yet.
  ///
  /// - Throws: `TensorError` that names the file and what is wrong with it.
  public init(directory: String) throws(TensorError) {
    let folder = try CheckpointFolder(path: directory)
    guard let configuration = try folder.document("config.json", byteCountLimit: 1 << 20) else {
      throw TensorError("\(directory) has no config.json; a model is a folder with config.json and model.safetensors")
    }
    let files = try Self.files(in: folder)
    var tensors: [StoredTensor] = []
    var unreadable: [String: String] = [:]
    var names: Set<String> = []
    for file in files {
      for name in file.tensors.map(\.name) + file.unreadable.keys where !names.insert(name).inserted {
        throw TensorError("\(file.path): tensor \(quoted(name)) stands in another file too")
      }
      tensors += file.tensors
      unreadable.merge(file.unreadable) { first, _ in first }
    }
    self.directory = directory
    self.configuration = configuration
    self.generation = try folder.document("generation_config.json", byteCountLimit: 1 << 20)
    self.tensors = tensors
    self.unreadable = unreadable
  }

  private static func files(in folder: CheckpointFolder) throws(TensorError) -> [SafetensorsFile] {
    if let file = try folder.file("model.safetensors") { return [try SafetensorsFile(file)] }
    let path = "\(folder.path)/\(CheckpointIndex.fileName)"
    guard let document = try folder.document(CheckpointIndex.fileName, byteCountLimit: 32 << 20) else {
      let isPickled = folder.contains("pytorch_model.bin") || folder.contains("pytorch_model.bin.index.json")
      throw TensorError(
        "\(folder.path) has neither model.safetensors nor \(CheckpointIndex.fileName)"
          + (isPickled ? "; pytorch_model.bin is not read, since it may run code: convert it to safetensors" : ""))
    }
    let index = try CheckpointIndex(document, path: path)
    var files: [SafetensorsFile] = []
    for (name, wanted) in index.tensorNames.sorted(by: { $0.key < $1.key }) {
      guard let mapped = try folder.file(name) else {
        throw TensorError(
          "\(folder.path)/\(name) is missing; \(CheckpointIndex.fileName) says that it holds \(wanted.count) tensors")
      }
      let file = try SafetensorsFile(mapped)
      let held = Set(file.tensors.map(\.name)).union(file.unreadable.keys)
      if let missing = wanted.subtracting(held).min() {
        throw TensorError(
          "\(folder.path)/\(name) has no tensor \(quoted(missing)), though \(CheckpointIndex.fileName) says so")
      }
      files.append(file)
    }
    return files
  }
}
