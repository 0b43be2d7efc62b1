package import ShaderCompiler

extension KernelPack {
  /// The fingerprint of all variants of a kernel, named by its file.
  package func code(of file: String) -> String {
    let files = KernelCatalogue.all.first { $0.file == file }?.files ?? [file]
    let hash = variants.filter { files.contains($0.file) }.flatMap { $0.fingerprint.utf8 }
      .reduce(UInt64(0xcbf2_9ce4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    return String(hash, radix: 16)
  }

  /// `code(of:)` of every kernel.
  package var codes: [String: String] {
    Dictionary(Set(variants.map(\.file)).map { ($0, code(of: $0)) }) { $1 }
  }
}
