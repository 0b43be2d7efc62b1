import Foundation
import Ops
import ShaderCompiler
import Testing

@Suite struct KernelPackTests {
  private func pack() throws -> KernelPack {
    let scale = try ShaderCompiler.compile(source: TestShaders.scale, fileName: "scale.comp")
    let fill = try ShaderCompiler.compile(source: TestShaders.shader("b[0] = 1;"), fileName: "fill.comp")
    return KernelPack(
      variants: [
        try KernelVariant(
          file: "scale", format: "q8_0", element: "f16", manifest: ShaderManifest(op: "scale", formats: .all),
          words: scale),
        try KernelVariant(
          file: "fill", format: nil, element: nil, manifest: ShaderManifest(op: "fill", requirements: ["free"]),
          words: fill),
      ], includes: [ShaderFile(path: "/somewhere/shaders/lib/step.glsl", text: "// step\n")])
  }

  @Test func comesBackFromBytesAndBase64() throws {
    let original = try pack()
    let bytes = try original.encoded()
    for copy in [try KernelPack(bytes: bytes), try KernelPack(base64: [UInt8](Data(bytes).base64EncodedData()))] {
      #expect(copy.variants.map(\.name) == ["fill", "scale.q8_0.f16"])
      let scale = try #require(copy[variant: "scale.q8_0.f16"])
      let expected = try #require(original[variant: "scale.q8_0.f16"])
      #expect(scale.words == expected.words)
      #expect(scale.reflection == expected.reflection)
      #expect(scale.manifest == expected.manifest)
      #expect(copy[variant: "fill"]?.manifest.requirements == ["free"])
      #expect(copy[variant: "scale"] == nil)
      #expect(copy.includes == [ShaderFile(path: "lib/step.glsl", text: "// step\n")])
    }
  }

  @Test func bytesDoNotDependOnTheOrderOfVariants() throws {
    let original = try pack()
    #expect(
      try KernelPack(variants: original.variants.reversed(), includes: original.includes).encoded()
        == original.encoded())
  }

  @Test func everyTruncationIsRefused() throws {
    let bytes = try pack().encoded()
    for count in stride(from: 0, to: bytes.count, by: 7) {
      #expect(throws: KernelPackError.self, "cut at \(count)") { try KernelPack(bytes: Array(bytes[..<count])) }
    }
    #expect(throws: KernelPackError.truncated) { try KernelPack(bytes: Array(bytes.dropLast())) }
  }

  @Test func damagedBytesNeverTrap() throws {
    let bytes = try pack().encoded()
    var generator = SeededGenerator(seed: 0x7061_636b)
    var refusedCount = 0
    for _ in 0..<3_000 {
      var damaged = bytes
      damaged[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
      do { _ = try KernelPack(bytes: damaged) } catch { refusedCount += 1 }
    }
    #expect(refusedCount > 0)
  }

  @Test func wrongHeadAndWrongTextAreRefused() {
    #expect(throws: KernelPackError.wrongMagic) { try KernelPack(bytes: Array("KPKx....".utf8)) }
    #expect(throws: KernelPackError.notBase64) { try KernelPack(base64: Array("*".utf8)) }
    #expect(throws: KernelPackError.truncated) { try KernelPack(bytes: Array("KPK2".utf8) + [255, 255, 255, 255]) }
  }
}
