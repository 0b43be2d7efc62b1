import GPU
import Testing

@Suite struct VulkanResultTests {
  @Test func everyCodeComesBack() {
    for entry in VulkanResult.table {
      #expect(VulkanResult(code: entry.code) == entry.result)
      #expect(entry.result.code == entry.code)
      #expect(entry.result.description == entry.name)
    }
    #expect(Set(VulkanResult.table.map(\.code)).count == VulkanResult.table.count)
    #expect(Set(VulkanResult.table.map(\.result)).count == VulkanResult.table.count)
  }

  @Test func unknownCodesAreKept() {
    for code: Int32 in [-14, -1_000_999_000, 7, .min, .max] {
      #expect(VulkanResult(code: code) == .other(code))
      #expect(VulkanResult(code: code).code == code)
      #expect(VulkanResult(code: code).description == "VkResult \(code)")
    }
  }
}
