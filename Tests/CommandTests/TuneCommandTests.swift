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
      ["tune", "--shaders", "\(folder.path)/shaders", "--synthetic", "tiny:bf16", "--budget", "2"],
      environment: ["XDG_CONFIG_HOME": folder.path])
  }

  /// By class of work: kernel and its code's hash.
  private func kept(_ folder: TemporaryFolder) throws -> [String: [String: Any]] {
    let tunings = "\(folder.path)/kalsae/tunings"
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

    // Other code is other work: what was kept does not count for it.
    let edited = try #require(entries.values.first?["code"] as? String)
    let again = try tune(folder, sum: "a[i] + b[i] * 1.0")
    #expect(again.errors.contains("\(lines.count) classes of work to measure"), "\(again.errors)")
    #expect(try kept(folder).values.allSatisfy { $0["code"] as? String != edited })
  }

  @Test func aWrongKernelIsNotTimed() throws {
    let folder = try TemporaryFolder()
    let result = try tune(folder, sum: "a[i] - b[i]")
    let lines = result.output.split(separator: "\n")
    #expect(!lines.isEmpty && lines.allSatisfy { $0.contains(": skipped: its default is wrong: ") }, "\(result)")
    #expect(try kept(folder).isEmpty)
  }
}
