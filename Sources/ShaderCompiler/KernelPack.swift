internal import Foundation

/// Compiled kernels by name.
///
/// As bytes: `KPK2`, the byte count of the index (32 bits, little endian), the index (JSON), then the SPIR-V of all
/// variants one behind the other.
package struct KernelPack: Sendable {
  /// Sorted by name.
  package let variants: [KernelVariant]
  /// What the kernels include, so that a kernel can be compiled where the `shaders` folder is not.
  package let includes: [ShaderFile]
  private let positions: [String: Int]

  /// The pack of these variants; of two with one name the last stays.
  package init(variants: [KernelVariant], includes: [ShaderFile] = []) {
    let byName = Dictionary(variants.map { ($0.name, $0) }, uniquingKeysWith: { $1 })
    let sorted = byName.values.sorted { $0.name < $1.name }
    self.variants = sorted
    self.includes = includes
    positions = Dictionary(uniqueKeysWithValues: sorted.indices.map { (sorted[$0].name, $0) })
  }

  package subscript(variant name: String) -> KernelVariant? { positions[name].map { variants[$0] } }

  /// This pack with `variants` instead of those of the same name.
  package func replacing(_ variants: [KernelVariant]) -> KernelPack {
    KernelPack(variants: self.variants + variants, includes: includes)
  }

  /// Of all code in it: another where a kernel was changed, added or removed, the same on every machine (FNV-1a, 64 bits).
  package var fingerprint: String {
    let names = variants.map { "\($0.name) \($0.fingerprint)\n" }.joined()
    let hash = names.utf8.reduce(UInt64(0xcbf2_9ce4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    return String(hash, radix: 16)
  }
}

/// Why bytes are not a kernel pack.
package enum KernelPackError: Error, Equatable, CustomStringConvertible {
  case notBase64
  case wrongMagic
  case truncated
  case badIndex(String)
  case badVariant(name: String, SPIRVReflectionError)

  package var description: String {
    switch self {
    case .notBase64: "the kernel pack is not base64; rebuild the program"
    case .wrongMagic: "the kernel pack does not begin with KPK2; rebuild the program"
    case .truncated: "the kernel pack is shorter than its index says; rebuild the program"
    case .badIndex(let reason): "the kernel pack's index cannot be read (\(reason)); rebuild the program"
    case .badVariant(let name, let error): "kernel \(name) in the pack: \(error)"
    }
  }
}

extension KernelPack {
  private struct Index: Codable {
    var variants: [Entry]
    /// Paths from the folder `shaders` on.
    var includes: [ShaderFile]
  }

  private struct Entry: Codable {
    var file: String
    var format: String?
    var element: String?
    var manifest: ShaderManifest
    var wordOffset: Int
    var wordCount: Int
  }

  private static let magic = Array("KPK2".utf8)

  package static func bytes(of words: [UInt32]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(words.count * 4)
    for word in words {
      for shift in stride(from: UInt32(0), to: 32, by: 8) { bytes.append(UInt8(truncatingIfNeeded: word >> shift)) }
    }
    return bytes
  }

  /// The words of little-endian bytes; bytes behind the last whole word are left out.
  package static func words(of bytes: [UInt8]) -> [UInt32] {
    stride(from: 0, to: bytes.count / 4 * 4, by: 4).map { word(bytes, at: $0) }
  }

  /// The pack as bytes; the same variants give the same bytes.
  package func encoded() throws -> [UInt8] {
    var entries: [Entry] = []
    var body: [UInt8] = []
    for variant in variants {
      entries.append(
        Entry(
          file: variant.file, format: variant.format, element: variant.element, manifest: variant.manifest,
          wordOffset: body.count / 4, wordCount: variant.words.count))
      body += Self.bytes(of: variant.words)
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let files = includes.map { ShaderFile(path: "\($0.folder)/\($0.name)", text: $0.text) }
    let index = [UInt8](try encoder.encode(Index(variants: entries, includes: files)))
    return Self.magic + Self.bytes(of: [UInt32(index.count)]) + index + body
  }

  /// Reads a pack; every count and offset is checked against the bytes present.
  package init(bytes: [UInt8]) throws(KernelPackError) {
    guard bytes.starts(with: Self.magic) else { throw .wrongMagic }
    guard bytes.count >= 8 else { throw .truncated }
    let indexByteCount = Int(Self.word(bytes, at: 4))
    guard indexByteCount <= bytes.count - 8 else { throw .truncated }
    let body = 8 + indexByteCount
    let index: Index
    do {
      index = try JSONDecoder().decode(Index.self, from: Data(bytes[8..<body]))
    } catch {
      throw .badIndex("\(error)")
    }
    let availableWordCount = (bytes.count - body) / 4
    var variants: [KernelVariant] = []
    for entry in index.variants {
      guard entry.wordOffset >= 0, entry.wordCount >= 0, entry.wordOffset <= availableWordCount,
        entry.wordCount <= availableWordCount - entry.wordOffset
      else { throw .truncated }
      let start = body + entry.wordOffset * 4
      let words = (0..<entry.wordCount).map { Self.word(bytes, at: start + $0 * 4) }
      do {
        variants.append(
          try KernelVariant(
            file: entry.file, format: entry.format, element: entry.element, manifest: entry.manifest, words: words))
      } catch {
        let name = KernelVariant.name(file: entry.file, format: entry.format, element: entry.element)
        throw .badVariant(name: name, error)
      }
    }
    self.init(variants: variants, includes: index.includes)
  }

  package init(base64: [UInt8]) throws(KernelPackError) {
    guard let data = Data(base64Encoded: Data(base64)) else { throw .notBase64 }
    try self.init(bytes: [UInt8](data))
  }

  private static func word(_ bytes: [UInt8], at index: Int) -> UInt32 {
    UInt32(bytes[index]) | UInt32(bytes[index + 1]) << 8 | UInt32(bytes[index + 2]) << 16
      | UInt32(bytes[index + 3]) << 24
  }
}
