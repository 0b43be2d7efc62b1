import Foundation
import Testing
import Workbench

@Suite struct ValidationReportTests {
  static let awkward = "a <b> & \"c\" 'd' ]]> \u{1} 칼새\nsecond | line"

  static func report() throws -> ValidationReport {
    let results: [[String: Any]] = [
      result("linear", "linear_lane", "q8_0", "ROWS=4", "ragged <5>", "failed").merging([
        "fault": ["tensor": "y", "index": 3, "expected": "1.5", "actual": "nan", "bound": 0.25],
        "normalisedMeanSquaredError": 0.5, "maximumBoundShare": "inf",
      ]) { $1 },
      result("add", "add", "f32", "", "one row", "failed").merging(["reason": awkward]) { $1 },
      result("linear", "linear_lane", "f16", "ROWS=4", "one row", "skipped")
        .merging(["reason": "the device lacks <it>"]) { $1 },
      result("linear", "linear_lane", "f16", "ROWS=8", "one row", "passed"),
    ]
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    let decoded = try decoder.decode([ValidationResult].self, from: try JSONSerialization.data(withJSONObject: results))
    return ValidationReport(device: "GPU | \"1\"", seed: 7, results: decoded)
  }

  private static func result(
    _ operation: String, _ kernel: String, _ format: String, _ tuning: String, _ caseName: String, _ verdict: String
  ) -> [String: Any] {
    [
      "operation": operation, "kernel": kernel, "format": format, "tuning": tuning, "caseName": caseName,
      "checks": [String](),
      "verdict": verdict, "normalisedMeanSquaredError": 0, "maximumAbsoluteError": 0, "maximumBoundShare": 0,
    ]
  }

  @Test func textNamesTheFirstBadElement() throws {
    let text = try Self.report().rendered(as: .text)
    let lines = text.split(separator: "\n")
    #expect(lines[0] == "operation  kernel       format  passed  failed  skipped     NMSE  max |Δ|  of allowed")
    #expect(lines[1] == "linear     linear_lane  q8_0         0       1        0  5.0e-01  0.0e+00       inf %")
    #expect(
      lines[4] == "FAILED linear_lane q8_0 ROWS=4, case ragged <5>: element 3 of y is nan instead of 1.5 ± 0.25")
    #expect(lines.last == "1 passed, 2 failed, 1 skipped on GPU | \"1\"")
  }

  @Test func junitIsXMLWithEachCase() throws {
    let elements = try XMLDocumentReader.elements(try Self.report().rendered(as: .junit))
    let root = try #require(elements.first)
    #expect(root.name == "testsuites" && root.attributes["tests"] == "4" && root.attributes["failures"] == "2")
    #expect(root.attributes["skipped"] == "1")
    let suites = elements.filter { $0.name == "testsuite" }
    #expect(suites.map { $0.attributes["name"] } == ["linear_lane", "add"])
    #expect(suites.map { $0.attributes["failures"] } == ["1", "1"])
    let cases = elements.filter { $0.name == "testcase" }
    #expect(cases.first?.attributes["name"] == "q8_0 ROWS=4, case ragged <5>")
    #expect(cases.first?.attributes["classname"] == "linear.linear_lane")
    let failures = elements.filter { $0.name == "failure" }
    let expected = Self.awkward.replacing("\u{1}", with: "\u{fffd}")
    #expect(failures.last?.attributes["message"] == expected && failures.last?.text == expected)
    #expect(elements.first { $0.name == "skipped" }?.attributes["message"] == "the device lacks <it>")
    #expect(elements.first { $0.name == "property" }?.attributes["value"] == "GPU | \"1\"")
  }

  @Test func markdownIsATableAndAList() throws {
    let lines = try Self.report().rendered(as: .md).split(separator: "\n")
    #expect(lines[0].hasPrefix("| operation | kernel      | format | passed |"))
    #expect(lines[1].hasPrefix("| --------- | ----------- | ------ | -----: |"))
    #expect(lines[5].hasPrefix("- **failed** linear_lane q8_0 ROWS=4, case ragged \\<5>: element 3"))
    #expect(lines[6].contains("second \\| line"))
    #expect(lines.count == 8)
  }

  @Test func jsonIsOneLine() throws {
    let text = try Self.report().rendered(as: .json)
    #expect(text.count { $0 == "\n" } == 1)
    let object = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    let results = try #require(object["results"] as? [[String: Any]])
    #expect(object["failed"] as? Int == 2 && results.count == 4)
    #expect(results[0]["maximum_bound_share"] as? String == "inf")
    #expect((results[0]["fault"] as? [String: Any])?["index"] as? Int == 3)
    #expect(results[1]["reason"] as? String == Self.awkward)
  }
}
