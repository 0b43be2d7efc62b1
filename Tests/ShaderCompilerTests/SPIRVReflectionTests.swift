import Ops
import ShaderCompiler
import Testing

@Suite struct SPIRVReflectionTests {
  private func reflect(_ source: String) throws -> SPIRVReflection {
    try SPIRVReflection(words: try ShaderCompiler.compile(source: source, fileName: "test.comp"))
  }

  @Test func readsBindingsInOrderWithAccessAndNames() throws {
    let found = try reflect(TestShaders.scale).bindings
    #expect(
      found == [
        .init(set: 0, binding: 0, kind: .uniformBuffer, access: .readonly, name: "settings", blockName: "Settings"),
        .init(set: 0, binding: 1, kind: .storageBuffer, access: .readWrite, name: "", blockName: "Both"),
        .init(set: 0, binding: 4, kind: .storageBuffer, access: .writeonly, name: "result", blockName: "Result"),
        .init(set: 1, binding: 2, kind: .storageBuffer, access: .readonly, name: "source", blockName: "Source"),
      ])
  }

  @Test func oneWritableMemberMakesTheBlockWritable() throws {
    let source = """
      #version 460
      layout(local_size_x = 1) in;
      layout(binding = 0) buffer Mixed { readonly uint fixed_part; uint rest[]; };
      void main() { rest[0] = fixed_part; }
      """
    #expect(try reflect(source).bindings.map(\.access) == [.readWrite])
  }

  @Test func readsSpecializationConstants() throws {
    let found = try reflect(TestShaders.scale).specializationConstants
    #expect(
      found == [
        .init(id: 0, name: "", type: .uint, defaultBits: 1),
        .init(id: 3, name: "IS_NEGATED", type: .bool, defaultBits: 1),
        .init(id: 5, name: "OFFSET", type: .int, defaultBits: UInt32(bitPattern: -2)),
        .init(id: 7, name: "FACTOR", type: .float, defaultBits: Float(0.5).bitPattern),
      ])
  }

  @Test func measuresPushConstants() throws {
    // uint, float, then a uvec3 aligned to 16.
    #expect(try reflect(TestShaders.scale).pushConstantByteCount == 28)
    #expect(try reflect(TestShaders.shader("b[0] = 1;")).pushConstantByteCount == 0)
  }

  @Test func measuresNestedPushConstants() throws {
    let source = """
      #version 460
      struct Inner { uint a; float b[3]; };
      layout(local_size_x = 1) in;
      layout(push_constant) uniform Push { uint head; Inner inner[2]; mat4 matrix; } push;
      layout(binding = 0) writeonly buffer B { float b[]; };
      void main() { b[push.head] = push.inner[1].b[2] + push.matrix[0][0]; }
      """
    // head 0..<4, inner 4..<36, matrix aligned to 16: 48..<112.
    #expect(try reflect(source).pushConstantByteCount == 112)
  }

  @Test func readsLocalSize() throws {
    let specialized = try reflect(TestShaders.scale).localSize
    #expect(specialized == [.specialized(id: 0, defaultValue: 1), .fixed(4), .fixed(1)])
    #expect(try reflect(TestShaders.shader("b[0] = 1;")).localSize == [.fixed(8), .fixed(1), .fixed(1)])
  }

  @Test func readsCapabilitiesAndSubgroupOperations() throws {
    let plain = try reflect(TestShaders.shader("b[0] = 1;"))
    #expect(plain.capabilities == [.shader])
    #expect(plain.subgroupOperations == [])
    let head = """
      #extension GL_KHR_shader_subgroup_arithmetic : require
      #extension GL_KHR_shader_subgroup_shuffle : require
      #extension GL_EXT_shader_16bit_storage : require
      layout(binding = 1) readonly buffer H { float16_t h[]; };
      """
    let rich = try reflect(TestShaders.shader("b[0] = subgroupAdd(subgroupShuffle(float(h[0]), 1));", head: head))
    #expect(rich.capabilities.contains(.storageBuffer16BitAccess))
    #expect(rich.subgroupOperations == [.basic, .arithmetic, .shuffle])
  }

  @Test func everyTruncationIsRefused() throws {
    let words = try ShaderCompiler.compile(source: TestShaders.scale, fileName: "scale.comp")
    var starts: Set<Int> = [5]
    var start = 5
    while start < words.count {
      start += Int(words[start] >> 16)
      starts.insert(start)
    }
    // A cut between two instructions leaves a module that is whole in itself; every other cut must be seen.
    for count in 5..<words.count where !starts.contains(count) {
      let last = starts.filter { $0 < count }.max() ?? 5
      #expect(throws: SPIRVReflectionError.truncatedInstruction(wordIndex: last), "cut at \(count)") {
        try SPIRVReflection(words: Array(words[..<count]))
      }
    }
    #expect(throws: SPIRVReflectionError.tooShort(wordCount: 4)) { try SPIRVReflection(words: Array(words[..<4])) }
    #expect(throws: SPIRVReflectionError.noComputeEntryPoint) { try SPIRVReflection(words: Array(words[..<5])) }
  }

  @Test func wrongMagicIsRefused() {
    #expect(throws: SPIRVReflectionError.wrongMagic(7)) { try SPIRVReflection(words: [7, 0, 0, 0, 0, 0]) }
  }

  @Test func instructionOfNoLengthIsRefused() {
    let words: [UInt32] = [0x0723_0203, 0x0001_0600, 0, 10, 0, 0x0000_0011]
    #expect(throws: SPIRVReflectionError.truncatedInstruction(wordIndex: 5)) { try SPIRVReflection(words: words) }
  }

  @Test func damagedWordsNeverTrap() throws {
    let words = try ShaderCompiler.compile(source: TestShaders.scale, fileName: "scale.comp")
    var generator = SeededGenerator(seed: 0x6b61_6c73)
    var refusedCount = 0
    for _ in 0..<20_000 {
      var damaged = words
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        let index = Int.random(in: 0..<words.count, using: &generator)
        damaged[index] = Bool.random(using: &generator) ? UInt32.random(in: 0...80, using: &generator) : ~damaged[index]
      }
      do { _ = try SPIRVReflection(words: damaged) } catch { refusedCount += 1 }
    }
    #expect(refusedCount > 0)
  }

  @Test func structThatContainsItselfIsRefused() throws {
    // OpTypeStruct %3 of eight %3; a push-constant pointer to it; a variable of that type.
    let selfStruct: [UInt32] = [0x000a_001e, 3, 3, 3, 3, 3, 3, 3, 3, 3]
    let offsets = (0..<8).flatMap { [0x0005_0048, 3, UInt32($0), 35, 0] as [UInt32] }
    let words: [UInt32] =
      [0x0723_0203, 0x0001_0600, 0, 10, 0, 0x0004_000f, 5, 1, 0, 0x0006_0010, 1, 17, 1, 1, 1] + offsets + selfStruct
      + [0x0004_0020, 4, 9, 3, 0x0004_003b, 4, 5, 9]
    #expect(throws: SPIRVReflectionError.unmeasurablePushConstants) { try SPIRVReflection(words: words) }
  }
}
