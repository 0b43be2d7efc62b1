import Ops
import Tensors
import TestKit
import Testing

@Suite struct GGUFTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func open(_ bytes: [UInt8]) throws -> GGUFFile { try GGUFFile(path: folder.write("m.gguf", bytes)) }

  /// A matrix of two blocks, a vector, a type that is not read; values of every type and two lists.
  static var valid: GGUFBytes {
    var file = GGUFBytes()
    file.values = [
      ("general.architecture", .string("llama")), ("a.u8", GGUFBytes.Value(type: 0, bytes: [200])),
      ("a.i8", GGUFBytes.Value(type: 1, bytes: [200])), ("a.u16", GGUFBytes.Value(type: 2, bytes: [1, 2])),
      ("a.i16", GGUFBytes.Value(type: 3, bytes: [255, 255])), ("a.u32", .uint32(4_000_000_000)),
      ("a.i32", GGUFBytes.Value(type: 5, bytes: [255, 255, 255, 255])), ("a.f32", .float32(0.5)),
      ("a.bool", .bool(true)),
      ("a.u64", .uint64(7)), ("a.i64", GGUFBytes.Value(type: 11, bytes: [UInt8](repeating: 255, count: 8))),
      ("a.f64", GGUFBytes.Value(type: 12, bytes: [0, 0, 0, 0, 0, 0, 0xf8, 0x3f])),
      ("general.alignment", .uint32(64)), ("tokens", .strings(["a", "가", ""])), ("types", .int32s([1, -2, 3])),
    ]
    file.alignment = 64
    file.tensors = [
      GGUFBytes.Tensor("m", [32, 2], type: 8, data: (0..<68).map { UInt8($0) }),
      GGUFBytes.Tensor("other", [64], type: 13, data: [1, 2, 3]),
      GGUFBytes.Tensor("v", [3], type: 0, data: [0, 0, 128, 63, 0, 0, 0, 64, 0, 0, 64, 64]),
    ]
    return file
  }

  @Test func validFile() throws {
    let file = try open(Self.valid.bytes)
    #expect(file.tensors.map(\.name) == ["m", "v"])
    #expect(
      file.tensors.map(\.spec) == [TensorSpec(shape: [2, 32], format: .q8_0), TensorSpec(shape: [3], format: .f32)])
    #expect(file.unreadable == ["other": "Q5_K"])
    var row: [Float] = [0, 0, 0]
    try Weight([file.tensors[1]]).decode(row: 0, into: &row)
    #expect(row == [1, 2, 3])
    let metadata = file.metadata
    #expect(try metadata.text("general.architecture") == "llama")
    let integers = [
      "a.u8": 200, "a.i8": -56, "a.u16": 513, "a.i16": -1, "a.u32": 4_000_000_000, "a.i32": -1, "a.u64": 7, "a.i64": -1,
    ]
    for (key, value) in integers { #expect(try metadata.integer(key) == value, "\(key)") }
    #expect(metadata.values["a.f32"] == .number(0.5) && metadata.values["a.f64"] == .number(1.5))
    #expect(try metadata.flag("a.bool") == true)
    #expect(try metadata.texts("tokens") == ["a", "가", ""])
    #expect(try metadata.integers("types") == [1, -2, 3])
  }

  /// What is there must be asked for as what it is; what is missing is nil.
  @Test func typesAreProved() throws {
    let metadata = try open(Self.valid.bytes).metadata
    #expect(try metadata.text("b") == nil && metadata.integers("b") == nil && metadata.texts("b") == nil)
    #expect(throws: TensorError.self) { try metadata.text("a.u8") }
    #expect(throws: TensorError.self) { try metadata.integer("a.f32") }
    #expect(throws: TensorError.self) { try metadata.flag("a.u8") }
    #expect(throws: TensorError.self) { try metadata.texts("types") }
    #expect(throws: TensorError.self) { try metadata.integers("tokens") }
  }

  /// A file with one fault, refused with words that `part` is in and with the place.
  private func expectRefused(_ part: String, line: Int = #line, _ change: (inout GGUFBytes) -> Void) {
    var file = Self.valid
    change(&file)
    let place = SourceLocation(fileID: #fileID, filePath: #filePath, line: line, column: 1)
    do {
      _ = try open(file.bytes)
      Issue.record("accepted", sourceLocation: place)
    } catch let error as TensorError {
      #expect(error.description.contains(part), "\(error)", sourceLocation: place)
      #expect(error.description.contains("m.gguf, byte "), "\(error)", sourceLocation: place)
    } catch {
      Issue.record("\(error)", sourceLocation: place)
    }
  }

  @Test func faultsOfTheStartAreNamed() {
    expectRefused("no GGUF file") { $0.magic = Array("GGUG".utf8) }
    expectRefused("version 2 of GGUF; only 3") { $0.version = 2 }
    expectRefused("big-endian") { $0.version = 3 << 24 }
    for count: UInt64 in [1 << 20, 1 << 32, 1 << 60, 1 << 63, .max] {
      expectRefused("the number of tensors is \(count)") { $0.tensorCount = count }
      expectRefused("the number of values is \(count)") { $0.valueCount = count }
      expectRefused("the length of \"x\" is \(count)") { $0.values[0] = ("x", .list(of: 0, count: count, [])) }
      expectRefused("the length of \"x\" is \(count)") { $0.values[0] = ("x", .list(of: 8, count: count, [])) }
    }
    // One more than there are: what follows is read as another one.
    expectRefused("byte ") { $0.tensorCount = 4 }
    expectRefused("byte ") { $0.valueCount = 16 }
  }

  @Test func faultsOfValuesAreNamed() {
    expectRefused("unknown value type 13") { $0.values[0].value.type = 13 }
    expectRefused("a list of lists") { $0.values[0] = ("x", .list(of: 9, count: 1, [])) }
    expectRefused("unknown value type 77") { $0.values[0] = ("x", .list(of: 77, count: 1, [])) }
    expectRefused("\"a.u8\" stands twice") { $0.values[2] = ("a.u8", .bool(false)) }
    expectRefused("\"tokens\" stands twice") { $0.values[14] = ("tokens", .strings([])) }
    expectRefused("\"tokens\" stands twice") { $0.values[14] = ("tokens", .bool(false)) }
    expectRefused("\"a.u8\" stands twice") { $0.values[13] = ("a.u8", .strings([])) }
    expectRefused("a key is empty") { $0.values[2] = ("", .bool(false)) }
    expectRefused("neither true (1) nor false (0)") { $0.values[8].value.bytes = [2] }
    expectRefused("above 2^63 - 1") { $0.values[9].value = .uint64(.max) }
    expectRefused("\"x\" is not UTF-8") {
      $0.values[0] = ("x", GGUFBytes.Value(type: 8, bytes: [1, 0, 0, 0, 0, 0, 0, 0, 0xff]))
    }
    for length: UInt64 in [1 << 30, 1 << 62, 1 << 63, .max] {
      let bytes = (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) }
      expectRefused("\"x\" is \(length) bytes long") { $0.values[0] = ("x", GGUFBytes.Value(type: 8, bytes: bytes)) }
      expectRefused("\"x\"[0] is \(length) bytes long") { $0.values[0] = ("x", .list(of: 8, count: 1, bytes)) }
    }
    for alignment: UInt32 in [0, 1, 4, 48, 1 << 21, 1 << 31, .max] {
      expectRefused("must be a 32-bit power of two") { $0.values[12].value = .uint32(alignment) }
    }
    expectRefused("must be a 32-bit power of two") { $0.values[12].value = .uint64(64) }
  }

  @Test func faultsOfTensorsAreNamed() {
    expectRefused("two tensors are called \"m\"") { $0.tensors[2].name = "m" }
    // Equal as text, different as bytes.
    expectRefused("two tensors are called") { ($0.tensors[0].name, $0.tensors[2].name) = ("K", "\u{212a}") }
    expectRefused("name is empty") { $0.tensors[0].name = "" }
    expectRefused("has 0 dimensions") { $0.tensors[0].extents = [] }
    expectRefused("has 5 dimensions") { $0.tensors[0].extents = [32, 1, 1, 1, 2] }
    expectRefused("an extent of 0") { $0.tensors[0].extents = [32, 0] }
    expectRefused("an extent of \(UInt64.max)") { $0.tensors[0].extents = [32, .max] }
    expectRefused("an extent of 1099511627777") { $0.tensors[0].extents = [32, (1 << 40) + 1] }
    expectRefused("no size that a file can have") { $0.tensors[0].extents = [1 << 40, 1 << 40] }
    expectRefused("no size that a file can have") { $0.tensors[0].extents = [33, 2] }
    expectRefused("no size that a file can have") { $0.tensors[0].extents = [16, 4] }
    expectRefused("beyond the file's end") { $0.tensors[0].extents = [32, 2000] }
    expectRefused("beyond the file's end") { $0.tensors[2].extents = [4] }
    for offset: UInt64 in [256, 1 << 20, 1 << 40, 1 << 62] {
      expectRefused("beyond the file's end") { $0.tensors[2].offset = offset }
    }
    expectRefused("above 2^63 - 1") { $0.tensors[2].offset = 1 << 63 }
    expectRefused("no multiple of the alignment 64") { $0.tensors[2].offset = 32 }
    expectRefused("tensor \"v\" overlaps \"m\"") { $0.tensors[2].offset = 64 }
    expectRefused("overlaps") { $0.tensors[2].offset = 0 }
  }

  /// Text from the file reaches messages without control characters.
  @Test func messagesAreSafeToPrint() {
    expectRefused("\\u{1b}[2J") { $0.tensors[0] = GGUFBytes.Tensor("\u{1b}[2J", [33], type: 8, data: []) }
  }

  @Test func typesOfTensors() throws {
    let unknown: [UInt32] = [4, 5, 31, 99, .max]
    for type in unknown {
      var file = Self.valid
      file.tensors[1].type = type
      #expect(try open(file.bytes).unreadable == ["other": "type \(type)"])
    }
    #expect(GGUFFile.readableTypes == "F32, F16, Q4_0, Q8_0, Q4_K, Q6_K and BF16")
  }

  /// A file of which some byte is gone is never taken for a whole one.
  @Test func everyTruncationIsRefused() {
    let bytes = Self.valid.bytes
    for count in 0..<bytes.count {
      #expect(throws: TensorError.self, "\(count) bytes") { try open(Array(bytes.prefix(count))) }
    }
  }

  /// Bytes before the data changed at random: an error or a file that can be read in full, never a trap.
  @Test func randomMutations() throws {
    let seed: UInt64 = 20_261_124
    print("seed \(seed)")
    var generator = SeededGenerator(seed: seed)
    let valid = Self.valid.bytes
    let headerEnd = valid.count - 256 - 12
    var refused = 0
    for _ in 0..<4000 {
      var bytes = valid
      for _ in 0..<Int.random(in: 1...3, using: &generator) {
        let place = Int.random(in: 0..<headerEnd, using: &generator)
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        case 1: bytes[place] = [0, 1, 0x7f, 0x80, 0xff].randomElement(using: &generator) ?? 0
        case 2: bytes.remove(at: place)
        default: bytes.insert(UInt8.random(in: 0...255, using: &generator), at: place)
        }
      }
      do {
        let file = try open(bytes)
        _ = try file.tensors.contents()
        _ = try file.metadata.texts("tokens")
        _ = try file.metadata.integers("types")
      } catch is TensorError {
        refused += 1
      }
    }
    #expect((2000..<4000).contains(refused))
  }
}
