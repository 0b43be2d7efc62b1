import Foundation

/// One folder with all that a bounded run found: report.md, report.json and what they name.
package struct ReportFolder {
  package let path: String
  private var sections: [(title: String, body: String)] = []
  private var data: [String: Data] = [:]
  private var log: [String] = []

  /// - Throws: what the file system says where the folder cannot be made.
  package init(path: String) throws {
    self.path = path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  /// A part of report.md.
  package mutating func append(_ title: String, _ body: String) { sections.append((title, body)) }

  /// A part of report.json.
  package mutating func append(_ key: String, json value: some Encodable) throws {
    data[key] = Data(try ReportJSON.line(value).utf8)
  }

  /// A line of log.txt.
  package mutating func note(_ line: String) { log.append(line) }

  /// A file beside the report.
  package func write(_ text: String, to name: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: "\(path)/\(name)"), options: .atomic)
  }

  /// Writes report.md, report.json and log.txt.
  package func finish(title: String) throws {
    let parts = ["# \(title)\n"] + sections.map { "## \($0.title)\n\n\($0.body.trimmingSuffix("\n"))\n" }
    try write(parts.joined(separator: "\n"), to: "report.md")
    let entries = data.sorted { $0.key < $1.key }.map { key, value in
      "  \"\(key)\": \(String(decoding: value, as: UTF8.self).trimmingSuffix("\n"))"
    }
    try write("{\n" + entries.joined(separator: ",\n") + "\n}\n", to: "report.json")
    try write(log.map { $0 + "\n" }.joined(), to: "log.txt")
  }
}

extension String {
  fileprivate func trimmingSuffix(_ suffix: String) -> String {
    var text = self
    while text.hasSuffix(suffix) { text.removeLast(suffix.count) }
    return text
  }
}
