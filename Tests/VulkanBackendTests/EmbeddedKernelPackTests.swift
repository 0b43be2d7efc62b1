import CKernelParams
import ShaderCompiler
import Testing
import VulkanBackend

@Suite struct EmbeddedKernelPackTests {
  @Test func carriesTheResidualAddWithItsInterface() throws {
    let pack = try KernelPack.embedded()
    let add = try #require(pack[variant: "add"])
    #expect(add.manifest.op == "add")
    #expect(add.reflection.pushConstantByteCount == MemoryLayout<AddParams>.size)
    #expect(add.reflection.bindings.map(\.access) == [.readonly, .readonly, .writeonly])
    #expect(add.reflection.bindings.map(\.binding) == [0, 1, 2])
    #expect(add.reflection.localSize.first == .specialized(id: 0, defaultValue: 64))
  }

  @Test func hashesAreThoseOfTheWords() throws {
    let pack = try KernelPack.embedded()
    #expect(!pack.variants.isEmpty)
    for variant in pack.variants {
      #expect(SHA256Digest(of: KernelPack.bytes(of: variant.words)).description == variant.contentHash)
    }
  }
}
