import Foundation
import TestKit
import Testing

/// What the program can be told, and docs/commands.md, which names all of it.
@Suite struct CommandPageTests {
  /// One command's option, by its names with their hyphens.
  private struct Option: Hashable, CustomStringConvertible {
    let command: String
    let names: [String]
    var description: String { "\(names.joined(separator: ", ")) of \(command)" }
  }

  private func options() throws -> [Option] {
    let result = try BuiltProgram.run(["--experimental-dump-help"])
    let dump = try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    return try options(of: try #require(dump["command"] as? [String: Any]), named: [])
  }

  private func options(of command: [String: Any], named path: [String]) throws -> [Option] {
    let own = try (command["arguments"] as? [[String: Any]] ?? []).compactMap { argument -> Option? in
      let names = try (argument["names"] as? [[String: String]] ?? []).map { name in
        (name["kind"] == "short" ? "-" : "--") + (try #require(name["name"]))
      }
      let isEverywhere = names.contains("--help") || names.contains("--version")
      return names.isEmpty || isEverywhere ? nil : Option(command: path.joined(separator: " "), names: names)
    }
    let below = (command["subcommands"] as? [[String: Any]] ?? []).filter { $0["commandName"] as? String != "help" }
    return try below.reduce(own) { all, command in
      all + (try options(of: command, named: path + [try #require(command["commandName"] as? String)]))
    }
  }

  @Test func noNameMeansTwoThings() throws {
    for (command, options) in Dictionary(grouping: try options(), by: \.command) {
      let names = options.flatMap(\.names)
      #expect(Set(names).count == names.count, "\(command): \(names.sorted())")
    }
  }

  @Test func thePageNamesEveryOptionOfEveryCommandAndNoOther() throws {
    let page = try String(contentsOfFile: Fixtures.directory + "/../../docs/commands.md", encoding: .utf8)
    let rows = page.split(separator: "\n").filter { $0.hasPrefix("| `-") }
    var named: Set<Option> = []
    for row in rows {
      let cells = row.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
      // Short names stand before the long one that they are for.
      var short: [String] = []
      for part in cells[0].matches(of: /`(-[^ `\[]+)/) {
        let name = String(part.output.1)
        guard name.hasPrefix("--") else {
          short.append(name)
          continue
        }
        for command in cells[2].split(separator: ",") {
          named.insert(Option(command: command.trimmingCharacters(in: .whitespaces), names: short + [name]))
        }
        short = []
      }
    }
    let there = Set(try options())
    #expect(there.subtracting(named).isEmpty, "not on the page")
    #expect(named.subtracting(there).isEmpty, "only on the page")
  }
}
