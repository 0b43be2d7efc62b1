import Foundation
import Testing
import Workbench

@Suite struct ProfilePageTests {
  static let html = ProfilePage(SampleProfile.report).html

  static func part(_ html: String, _ before: String, _ after: String) throws -> String {
    let rest = try #require(html.range(of: before)).upperBound
    let end = try #require(html.range(of: after, range: rest..<html.endIndex)).lowerBound
    return String(html[rest..<end])
  }

  @Test func hasARowForEachKernelAndStep() {
    let report = SampleProfile.report
    #expect(report.kernels.count == 12 && report.steps.count > 300)
    let rows = Self.html.components(separatedBy: "<tr>").count - 1
    #expect(rows == report.kernels.count + report.steps.count + 2)
    for kernel in report.kernels { #expect(Self.html.contains(">\(kernel.name)</th>")) }
    #expect(Self.html.contains("<svg class=\"roofline\""))
  }

  @Test func everythingIsEscaped() throws {
    var report = SampleProfile.report
    let hostile = "</title><script>alert(1)</script>\"'&\u{0}"
    report.device = hostile
    report.driver = hostile
    report.date = hostile
    report.command = hostile
    report.model = hostile
    report.kernels[0].name = hostile
    report.steps[0].name = hostile
    report.steps[0].kernel = hostile
    let html = ProfilePage(report).html
    #expect(html.components(separatedBy: "<script").count == 2)
    let titles = Self.html.components(separatedBy: "</title>").count
    #expect(html.components(separatedBy: "</title>").count == titles)
    #expect(!html.contains("alert(1)<") && !html.contains("\u{0}"))
    #expect(html.contains("&lt;/title&gt;&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;\u{fffd}"))
  }

  @Test func nothingIsLoaded() {
    for word in ["http://", "https://", "src=", "href=", "url(", "@import", "<link", "<iframe", "onclick="] {
      let allowed = word == "http://" ? "http://www.w3.org/2000/svg" : ""
      let html = allowed.isEmpty ? Self.html : Self.html.replacing(allowed, with: "")
      #expect(!html.contains(word), "\(word)")
    }
  }

  /// Otherwise browsers refuse the script, and tables do not sort.
  @Test func policyAllowsTheScriptByItsDigest() throws {
    let empty = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
    #expect(Data(SHA256.digest([])).base64EncodedString() == empty)
    let script = try Self.part(Self.html, "<script>", "</script>")
    let policy = try Self.part(Self.html, "http-equiv=\"Content-Security-Policy\" content=\"", "\"")
    let digest = Data(SHA256.digest(Array(script.utf8))).base64EncodedString()
    #expect(policy.hasPrefix("default-src 'none'; "))
    #expect(policy.contains("script-src 'sha256-\(digest)'"), "sha256-\(digest)")
  }

  @Test func anEmptyProfileIsAPage() {
    var report = SampleProfile.report
    report.kernels = []
    report.steps = []
    report.wallSeconds = 0
    report.gapSeconds = 0
    let html = ProfilePage(report).html
    #expect(html.hasSuffix("</html>\n") && !html.contains("nan") && !html.contains("inf "))
  }
}
