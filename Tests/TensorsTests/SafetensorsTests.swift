import Foundation
import Ops
import Tensors
import TestKit
import Testing

@Suite struct SafetensorsTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func open(_ bytes: [UInt8]) throws -> SafetensorsFile {
    try SafetensorsFile(path: folder.write("m.safetensors", bytes))
  }

  private func open(_ file: SafetensorsBytes) throws -> SafetensorsFile { try open(file.bytes) }

  /// A file with one header, refused with words that `part` is in.
  private func expectRefused(_ header: String, data: Int = 24, _ part: String, line: Int = #line) {
    let file = SafetensorsBytes(header: header, data: [UInt8](repeating: 0, count: data))
    do {
      _ = try open(file)
      Issue.record("accepted: \(header)", sourceLocation: at(line))
    } catch let error as TensorError {
      #expect(error.description.contains(part), "\(error)", sourceLocation: at(line))
      #expect(error.description.contains("m.safetensors"), "\(error)", sourceLocation: at(line))
    } catch {
      Issue.record("\(error)", sourceLocation: at(line))
    }
  }

  private func at(_ line: Int) -> SourceLocation {
    SourceLocation(fileID: #fileID, filePath: #filePath, line: line, column: 1)
  }

  @Test func validFile() throws {
    let file = try open(.valid)
    #expect(file.tensors.map(\.name) == ["a.weight", "b.weight", "c", "empty"])
    #expect(file.tensors.map(\.spec.shape) == [[2, 3], [3, 4], [5], [0, 7]])
    #expect(file.unreadable == ["steps": "I32"])
    var row: [Float] = [0, 0, 0, 0]
    try Weight([file.tensors[1]]).decode(row: 1, into: &row)
    let patterns: [UInt32] = [0x2120_0000, 0x2322_0000, 0x2524_0000, 0x2726_0000]
    #expect(row == patterns.map { Float(bitPattern: $0) })
  }

  @Test func paddedHeaderAndScalar() throws {
    let file = try open(
      SafetensorsBytes(header: #"{"x":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}      "#, data: [0, 0, 128, 63]))
    var row: [Float] = [0]
    try Weight([file.tensors[0]]).decode(row: 0, into: &row)
    #expect(row == [1])
  }

  @Test func noTensorAtAll() throws { #expect(try open(SafetensorsBytes(header: "{}", data: [])).tensors.isEmpty) }

  @Test func faultsAreNamed() {
    expectRefused(
      #"{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,12]},"b":{"dtype":"F32","shape":[4],"data_offsets":[8,24]}}"#,
      "overlaps")
    expectRefused(
      #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[3],"data_offsets":[12,24]}}"#,
      "hole")
    expectRefused(#"{"a":{"dtype":"F32","shape":[5],"data_offsets":[4,24]}}"#, "hole")
    expectRefused(
      #"{"a":{"dtype":"F32","shape":[6],"data_offsets":[0,24]},"b":{"dtype":"F32","shape":[6],"data_offsets":[0,24]}}"#,
      "overlaps")
    expectRefused(
      #"{"a":{"dtype":"F32","shape":[6],"data_offsets":[0,24]},"a":{"dtype":"F32","shape":[6],"data_offsets":[0,24]}}"#,
      "twice")
    expectRefused(#"{"a":{"dtype":"F32","shape":[5],"data_offsets":[0,24]}}"#, "takes 20 bytes")
    expectRefused(#"{"a":{"dtype":"F32","shape":[5],"data_offsets":[0,20]}}"#, "4 bytes after the last tensor")
    expectRefused(#"{"a":{"dtype":"F32","shape":[7],"data_offsets":[0,28]}}"#, "cut short")
    expectRefused(#"{"a":{"dtype":"F31","shape":[6],"data_offsets":[0,24]}}"#, "F31")
    expectRefused(#"{"a":{"shape":[6],"data_offsets":[0,24]}}"#, "dtype")
    expectRefused(#"{"a":{"dtype":"F32","data_offsets":[0,24]}}"#, "shape")
    expectRefused(#"{"a":{"dtype":"F32","shape":[6]}}"#, "data_offsets")
    expectRefused(#"{"a":{"dtype":"F32","shape":[6],"data_offsets":[24,0]}}"#, "data_offsets")
    expectRefused(#"{"a":{"dtype":"F32","shape":[6],"data_offsets":[0,24,24]}}"#, "data_offsets")
    expectRefused(#"{"a":{"dtype":"F32","shape":[6.0],"data_offsets":[0,24]}}"#, "shape")
    expectRefused(#"{"a":{"dtype":"F32","shape":[-0,6],"data_offsets":[0,24]}}"#, "shape")
    expectRefused(#"{"a":{"dtype":"F32","shape":["6"],"data_offsets":[0,24]}}"#, "shape")
    expectRefused(#"{"a":{"dtype":"F32","shape":[4294967296,4294967296,6],"data_offsets":[0,24]}}"#, "no size")
    expectRefused(#"{"a":{"dtype":"F32","shape":[9223372036854775807,2,0],"data_offsets":[0,24]}}"#, "no size")
    expectRefused(#"{"a":{"dtype":"F4","shape":[7],"data_offsets":[0,4]}}"#, data: 4, "no size")
    expectRefused(#"{"a":[]}"#, "no JSON object")
    expectRefused("[]", "must begin with {")
    expectRefused(" {}", "must begin with {")
    expectRefused("{}", "24 bytes after")
    expectRefused(#"{"__metadata__":{"a":1}}"#, "__metadata__")
    expectRefused(#"{"\u001b[2J":{}}"#, "\\u{1b}[2J")
    let empty = #"{"dtype":"F32","shape":[0],"data_offsets":[0,0]}"#
    // Equal as text, different as bytes: a lookup by text could not tell them apart.
    expectRefused(
      "{\"K\":\(empty),\"\u{212a}\":\(empty)}",
      data: 0, "two tensors")
  }

  @Test func lyingHeaderLength() {
    for length: UInt64 in [0, 1, 100_000_001, 1 << 31, 1 << 62, 1 << 63, .max] {
      var file = SafetensorsBytes.valid
      file.statedLength = length
      #expect(throws: TensorError.self, "\(length)") { try open(file) }
    }
  }

  /// A file of which some byte is gone is never taken for a whole one.
  @Test func everyTruncationIsRefused() {
    let bytes = SafetensorsBytes.valid.bytes
    for count in 0..<bytes.count {
      #expect(throws: TensorError.self, "\(count) bytes") { try open(Array(bytes.prefix(count))) }
    }
    for extra in [1, 8, 4096] {
      #expect(throws: TensorError.self) { try open(bytes + [UInt8](repeating: 0, count: extra)) }
    }
  }

  /// Every number of the header replaced by hostile ones: refused in words, or exactly what stood there before.
  @Test func everyHeaderIntegerReplaced() throws {
    let file = SafetensorsBytes.valid
    let expected = try open(file).contents()
    var refused = 0
    for (range, value) in file.headerIntegers {
      for hostile in [
        "0", "1", "255", "2147483648", "4294967296", "9223372036854775807", "9223372036854775808", "-1", "1e9", "-0",
        "null", "{}",
      ] {
        var mutated = file
        mutated.header.replaceSubrange(range, with: hostile)
        do {
          let contents = try open(mutated).contents()
          // The extents of a tensor without elements carry no bytes: [0,7] may become [0,1].
          let isFree =
            contents.count == expected.count
            && zip(contents, expected).allSatisfy { $0 == $1 || $0.hasPrefix("empty ") }
          #expect(contents == expected || isFree, "\(value) → \(hostile): \(contents)")
        } catch is TensorError {
          refused += 1
        }
      }
    }
    #expect(file.headerIntegers.count == 18)
    #expect(refused > 180)
  }

  /// Bytes of header and length changed at random: an error or a file that can be read in full, never a trap.
  @Test func randomMutations() throws {
    let seed: UInt64 = 20_261_123
    print("seed \(seed)")
    var generator = SeededGenerator(seed: seed)
    let valid = SafetensorsBytes.valid.bytes
    let headerEnd = valid.count - 62
    var refused = 0
    for _ in 0..<3000 {
      var bytes = valid
      for _ in 0..<Int.random(in: 1...3, using: &generator) {
        let place = Int.random(in: 0..<headerEnd, using: &generator)
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        case 1: bytes[place] = UInt8.random(in: 0...255, using: &generator)
        case 2: bytes.remove(at: place)
        default: bytes.insert(Array("0123456789{}[],:\"\\-e".utf8).randomElement(using: &generator) ?? 0, at: place)
        }
      }
      do {
        _ = try open(bytes).contents()
      } catch is TensorError {
        refused += 1
      }
    }
    #expect(refused > 2000)
  }

  /// A file that shrinks after it was opened gives an error, not a bus error.
  @Test func fileCutWhileMapped() throws {
    let path = try folder.write("m.safetensors", SafetensorsBytes.valid.bytes)
    let file = try SafetensorsFile(path: path)
    let handle = try #require(FileHandle(forWritingAtPath: path))
    try handle.truncate(atOffset: 16)
    try handle.close()
    #expect { try file.contents() } throws: { "\($0)".contains("cut short") }
  }

  @Test func otherThanRegularFiles() throws {
    #expect(throws: TensorError.self) { try SafetensorsFile(path: folder.path) }
    #expect(throws: TensorError.self) { try SafetensorsFile(path: folder.path + "/missing") }
    let pipe = folder.path + "/pipe"
    #expect(mkfifo(pipe, 0o600) == 0)
    #expect(throws: TensorError("\(pipe) is not a regular file")) { try SafetensorsFile(path: pipe) }
  }
}
