/// `model.safetensors.index.json`: which file of a checkpoint holds which tensor.
struct CheckpointIndex: Sendable {
  static let fileName = "model.safetensors.index.json"
  /// More files than any published checkpoint has; each stays open.
  static let fileCountLimit = 512

  /// Tensor names by file.
  let tensorNames: [String: Set<String>]

  /// - Throws: `TensorError` where `weight_map` is not a map of tensor names to plain file names.
  init(_ document: JSONValue, path: String) throws(TensorError) {
    guard let map = document["weight_map"]?.object else {
      throw TensorError("\(path): weight_map is missing or no object")
    }
    guard !map.members.isEmpty else { throw TensorError("\(path): weight_map names no tensor") }
    var tensorNames: [String: Set<String>] = [:]
    for (tensor, value) in map.members {
      guard let file = value.string, CheckpointFolder.isPlainName(file) else {
        throw TensorError(
          "\(path): weight_map gives tensor \(quoted(tensor.description)) the file \(quoted(value.string ?? "?")), "
            + "which is no plain file name (letters, digits, '.', '_' and '-')")
      }
      tensorNames[file, default: []].insert(tensor.description)
    }
    guard tensorNames.count <= Self.fileCountLimit else {
      throw TensorError("\(path): weight_map names \(tensorNames.count) files; at most \(Self.fileCountLimit) are read")
    }
    self.tensorNames = tensorNames
  }
}
