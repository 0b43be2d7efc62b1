import Foundation
import TestKit
import Testing

/// `kalsae tune` on a kernel from a folder, with a configuration of its own.
@Suite(.serialized) struct TuneCommandTests {
  private let source = URL(fileURLWithPath: Fixtures.directory + "/../../shaders/ops/add.comp")

  /// Tunes `add.comp` in which the sum is written as `sum`.
  private func tune(_ folder: TemporaryFolder, sum: String) throws -> BuiltProgram.Result {
    let (built, text) = ("a[i] + b[i]", try String(contentsOf: source, encoding: .utf8))
    #expect(text.contains(built))
    try folder.write("shaders/add.comp", text.replacing(built, with: sum))
    return try BuiltProgram.run(
      ["tune", "--shaders", "\(folder.path)/shaders", "--synthetic", "tiny:bf16", "--budget", "1"],
      environment: ["XDG_CONFIG_HOME": folder.path])
  }

  /// What is not kept yet, for the kernel's present code.
  private func missing(_ result: BuiltProgram.Result) throws -> Int {
    try #require(result.errors.firstMatch(of: /(\d+) classes of work to measure/).flatMap { Int($0.output.1) })
  }

  /// By class of work: kernel and its code's hash.
  private func kept(_ folder: TemporaryFolder) throws -> [String: [String: Any]] {
    let tunings = "\(folder.path)/kalsae/tunings/edited"
    guard let name = try? FileManager.default.contentsOfDirectory(atPath: tunings).first else { return [:] }
    let data = try Data(contentsOf: URL(fileURLWithPath: "\(tunings)/\(name)"))
    let table = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    return try #require(table["entries"] as? [String: [String: Any]])
  }

  @Test func anEditedKernelIsTunedAloneAndForItself() throws {
    let folder = try TemporaryFolder()
    let result = try tune(folder, sum: "b[i] + a[i]")
    #expect(result.status == 0 && result.errors.contains("other than built in: add"), "\(result.errors)")
    let lines = result.output.split(separator: "\n")
    #expect(!lines.isEmpty && lines.allSatisfy { $0.hasPrefix("add f32 ") && !$0.contains("skipped") }, "\(lines)")
    let entries = try kept(folder)
    #expect(entries.count == lines.count && entries.values.allSatisfy { $0["kernel"] as? String == "add" })

    // Other code is other work: what was kept does not count for it, and gives way.
    let again = try tune(folder, sum: "a[i] + b[i] * 1.0")
    #expect(try missing(again) == missing(result))
    let first = try #require(lines.first?.split(separator: ":").first.map(String.init))
    #expect(try kept(folder)[first]?["code"] as? String != entries[first]?["code"] as? String)
    let next = try tune(folder, sum: "a[i] + b[i] * 1.0")
    #expect(try missing(next) < missing(again))
  }

  @Test func anUnknownOperationIsRefused() throws {
    let result = try BuiltProgram.run(["tune", "--op", "nothing"])
    #expect(result.status == 2 && result.errors.contains("there is no operation nothing; there are add"))
  }

  @Test func aWrongKernelIsNotTimed() throws {
    let folder = try TemporaryFolder()
    let result = try tune(folder, sum: "a[i] - b[i]")
    let lines = result.output.split(separator: "\n")
    #expect(!lines.isEmpty && lines.allSatisfy { $0.contains(": skipped: its default is wrong: ") }, "\(result)")
    #expect(try kept(folder).isEmpty)
  }
}
