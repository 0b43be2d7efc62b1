import Testing
import kalsae

@Suite struct ChatLineTests {
  @Test(
    arguments: [
      ("안녕", .message("안녕")), ("/reset", .reset), ("/stats ", .stats), ("/help", .help), ("/exit", .exit),
      ("/system 짧게 답해.", .system("짧게 답해.")), ("/system", .system("")), ("", .empty), (" \t", .empty),
      ("/foo bar", .unknown("/foo")), (" /reset", .message(" /reset")), ("1/2", .message("1/2")),
    ] as [(String, ChatLine)])
  func linesMeanWhatTheySay(line: String, expected: ChatLine) {
    #expect(ChatLine(line) == expected)
  }
}
