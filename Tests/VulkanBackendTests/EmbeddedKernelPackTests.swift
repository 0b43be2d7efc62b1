import CKernelParams
import ShaderCompiler
import Tensors
import Testing
import VulkanBackend

@Suite struct EmbeddedKernelPackTests {
  @Test func carriesTheResidualAddWithItsInterface() throws {
    let pack = try KernelPack.embedded()
    let add = try #require(pack[variant: "add"])
    #expect(add.manifest.op == "add")
    #expect(add.reflection.pushConstantByteCount == MemoryLayout<ColumnsParams>.size)
    #expect(add.reflection.bindings.map(\.access).contains(.writeonly))
    #expect(add.reflection.bindings.map(\.binding) == [0, 1, 2, 3])
    #expect(add.reflection.localSize.first == .specialized(id: 0, defaultValue: 1))
  }

  @Test func hasAVariantPerFormatAndElement() throws {
    let pack = try KernelPack.embedded()
    for format in BlockFormat.all.map(\.name) {
      let variant = try #require(pack[variant: "linear_lane.\(format)"])
      #expect(variant.format == format)
      #expect(variant.element == nil)
    }
    #expect(pack[variant: "attention_subgroup.f16"]?.element == "f16")
    #expect(pack[variant: "attention_subgroup"] == nil)
  }

  @Test func namesEachSpecializationIdOnce() throws {
    for variant in try KernelPack.embedded().variants {
      let ids = variant.reflection.specializationConstants.map(\.id)
      #expect(Set(ids).count == ids.count, "\(variant.name)")
    }
  }
}
