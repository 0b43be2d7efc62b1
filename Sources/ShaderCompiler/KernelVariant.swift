/// One compiled kernel: a file for one element type and one format.
package struct KernelVariant: Sendable {
  /// `<file>`, then `.format` and `.element` where the file has them, such as `linear_subgroup.bf16`.
  package let name: String
  /// The file's name without folder and ending.
  package let file: String
  package let format: String?
  package let element: String?
  package let manifest: ShaderManifest
  package let words: [UInt32]
  package let reflection: SPIRVReflection

  package init(
    file: String, format: String?, element: String?, manifest: ShaderManifest, words: [UInt32]
  ) throws(SPIRVReflectionError) {
    name = Self.name(file: file, format: format, element: element)
    self.file = file
    self.format = format
    self.element = element
    self.manifest = manifest
    self.words = words
    reflection = try SPIRVReflection(words: words)
  }

  /// Of the code: another for other words, the same on every machine (FNV-1a, 64 bits).
  package var fingerprint: String {
    let hash = words.reduce(UInt64(0xcbf2_9ce4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    return String(hash, radix: 16)
  }

  package static func name(file: String, format: String?, element: String?) -> String {
    [file, format, element].compactMap(\.self).joined(separator: ".")
  }
}
