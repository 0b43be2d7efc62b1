import Foundation
import Testing
import kalsae

@Suite struct LineHistoryTests {
  @Test func linesComeBackAndOnlyTheOwnerMayReadThem() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appendingPathComponent("state/history").path
    var history = LineHistory(path: path)
    for line in ["첫째", "  ", "둘\n째 \\n", "둘\n째 \\n", "셋째"] { history.append(line) }
    #expect(LineHistory(path: path).lines == ["첫째", "둘\n째 \\n", "셋째"])
    let permissions = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    #expect(permissions == 0o600)
  }

  @Test func onlyTheLatestAreKept() {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appendingPathComponent("history").path
    try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let lines = (0..<1500).map { "line \($0)" }
    try? lines.joined(separator: "\n").write(toFile: path, atomically: true, encoding: .utf8)
    var history = LineHistory(path: path)
    history.append("last")
    #expect(history.lines.count == LineHistory.longestCount)
    #expect(LineHistory(path: path).lines.last == "last")
  }

  @Test func thePlaceFollowsTheEnvironment() {
    #expect(LineHistory.defaultPath(environment: ["XDG_STATE_HOME": "/s", "HOME": "/h"]) == "/s/kalsae/history")
    #expect(LineHistory.defaultPath(environment: ["HOME": "/h"]) == "/h/.local/state/kalsae/history")
    #expect(LineHistory.defaultPath(environment: [:]) == nil)
  }
}
