/// A model's folder: opens files that lie in it, and no others.
///
/// A link may lead to a file within the folder, or into `blobs` where the folder is a snapshot of a Hugging Face cache.
struct CheckpointFolder: Sendable {
  /// As the caller wrote it, for messages.
  let path: String
  private let root: String

  /// - Throws: `TensorError` where `path` is no folder.
  init(path: String) throws(TensorError) {
    guard let root = MappedFile.resolvedPath(path) else { throw TensorError("\(path) does not exist") }
    guard MappedFile.isFolder(root) else {
      throw TensorError("\(path) is no folder; a model is a folder with config.json and model.safetensors")
    }
    self.path = path
    self.root = root
  }

  /// Whether something called `name` lies in the folder.
  func contains(_ name: String) -> Bool { MappedFile.exists("\(root)/\(name)") }

  /// The file `name`, or nil where there is none.
  ///
  /// - Throws: `TensorError` where `name` is no plain file name, or a link leads out of the folder.
  func file(_ name: String) throws(TensorError) -> MappedFile? {
    guard Self.isPlainName(name) else {
      throw TensorError("\(path): \(quoted(name)) is no plain file name (letters, digits, '.', '_' and '-')")
    }
    let place = "\(root)/\(name)"
    guard MappedFile.exists(place) else { return nil }
    guard let target = MappedFile.resolvedPath(place) else {
      throw TensorError("\(path)/\(name) is a link to a file that does not exist")
    }
    guard allowedFolders.contains(where: { target.hasPrefix($0) }) else {
      throw TensorError("\(path)/\(name) is a link to \(quoted(target)), outside the model's folder")
    }
    return try MappedFile(path: target, followingLinks: false, shownAs: "\(path)/\(name)")
  }

  /// The JSON document `name`, or nil where there is no such file.
  ///
  /// - Throws: `TensorError` where it is no JSON or larger than `byteCountLimit`.
  func document(_ name: String, byteCountLimit: Int) throws(TensorError) -> JSONValue? {
    guard let file = try file(name) else { return nil }
    guard file.byteCount <= byteCountLimit else {
      throw TensorError("\(path)/\(name) has \(file.byteCount) bytes; at most \(byteCountLimit) are read")
    }
    let bytes = try file.withBytes(0..<file.byteCount) { [UInt8](copying: $0) }
    return try JSONValue(parsing: bytes, name: "\(path)/\(name)")
  }

  private var allowedFolders: [String] {
    var folders = [root == "/" ? "/" : root + "/"]
    var parts = root.split(separator: "/").map(String.init)
    if parts.count >= 2, parts[parts.count - 2] == "snapshots" {
      parts.removeLast(2)
      folders.append("/" + (parts + ["blobs"]).joined(separator: "/") + "/")
    }
    return folders
  }

  static func isPlainName(_ name: String) -> Bool {
    let allowed = name.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
        true
      default: false
      }
    }
    return allowed && !name.isEmpty && name.utf8.count <= 255 && name != "." && name != ".."
  }
}
