import Foundation
import TestKit
import Testing

/// `kalsae devices` on the device of this machine, with a cache of its own.
@Suite struct DevicesCommandTests {
  private func object(_ arguments: [String], cache: TemporaryFolder) throws -> [String: Any] {
    let result = try BuiltProgram.run(
      ["devices", "--json"] + arguments, environment: ["XDG_CACHE_HOME": cache.path])
    #expect(result.status == 0, "\(result.errors)")
    return try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
  }

  private func probe(_ report: [String: Any]) throws -> [String: Any]? {
    let devices = try #require(report["devices"] as? [[String: Any]])
    return try #require(devices.first)["probe"] as? [String: Any]
  }

  @Test func figuresAreKeptAndTellWhatFits() throws {
    let cache = try TemporaryFolder()
    #expect(try probe(try object([], cache: cache)) == nil)
    let measured = try #require(try probe(try object(["--probe", "--device", "0"], cache: cache)))
    #expect(measured["is_right"] as? Bool == true)
    let rate = try #require(measured["read_bytes_per_second"] as? Double)
    #expect(rate > 0)
    let kept = try #require(try probe(try object([], cache: cache)))
    #expect(NSDictionary(dictionary: kept) == NSDictionary(dictionary: measured))

    let fit = try object(["--synthetic", "tiny:bf16"], cache: cache)
    let devices = try #require(fit["devices"] as? [[String: Any]])
    let rows = try #require(devices.first?["rows"] as? [[String: Any]])
    #expect(rows.first?["weights"] as? String == "bf16")
    #expect(rows.first?["context_length"] as? Int == 32768)
    #expect(rows.allSatisfy { ($0["tokens_per_second_at_most"] as? Double ?? 0) > 0 })
    #expect((fit["recommendation"] as? String)?.contains("--synthetic tiny:bf16`") == true)
  }
}
