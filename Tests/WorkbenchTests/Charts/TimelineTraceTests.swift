import Foundation
import Testing
import Workbench

@Suite struct TimelineTraceTests {
  @Test func isATraceEventFile() throws {
    let trace = TimelineTrace(
      process: "kalsae \"run\"",
      tracks: [
        .init(
          name: "device",
          events: [
            .init(
              name: "linear\n\"q8_0\"", category: "kernel", startMicroseconds: 1.5, durationMicroseconds: 20,
              arguments: ["bytes": .integer(4096), "format": .text("q8_0"), "share": .number(.nan)]),
            .init(name: "add", category: "kernel", startMicroseconds: 21.5, durationMicroseconds: 0.25),
          ]),
        .init(name: "host 칼새", events: []),
      ])
    let object = try #require(try JSONSerialization.jsonObject(with: Data(trace.json.utf8)) as? [String: Any])
    let events = try #require(object["traceEvents"] as? [[String: Any]])
    let complete = events.filter { $0["ph"] as? String == "X" }
    #expect(complete.count == 2)
    #expect(complete[0]["name"] as? String == "linear\n\"q8_0\"" && complete[0]["cat"] as? String == "kernel")
    #expect(complete[0]["ts"] as? Double == 1.5 && complete[0]["dur"] as? Double == 20)
    let arguments = try #require(complete[0]["args"] as? [String: Any])
    #expect(arguments["bytes"] as? Int == 4096 && arguments["format"] as? String == "q8_0")
    #expect(arguments["share"] is NSNull)
    let names = events.filter { $0["ph"] as? String == "M" && $0["name"] as? String != "thread_sort_index" }
      .compactMap { ($0["args"] as? [String: Any])?["name"] as? String }
    #expect(names == ["kalsae \"run\"", "device", "host 칼새"])
    let threads = Set(complete.compactMap { $0["tid"] as? Int })
    #expect(threads == [1])
  }
}
