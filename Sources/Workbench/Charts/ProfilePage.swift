import Foundation

/// A profile as one HTML page that needs nothing else: no network, no fonts, no other files.
///
/// Its content security policy lets nothing load; the one script, which sorts tables, is allowed by its digest.
package struct ProfilePage: Sendable {
  private let report: ProfileReport

  package init(_ report: ProfileReport) { self.report = report }

  package var html: String {
    """
    <!DOCTYPE html>
    <html lang="en">
    \(head)
    <body>
    <main>
    \(header)
    \(ProfileTotals(report).html)
    <section>
    <h2>Kernels</h2>
    \(ProfileTotals(report).shareBar)
    <div class="scroll">
    \(ProfileTables(report).kernels)
    </div>
    </section>
    <section>
    <h2>Roofline</h2>
    <div class="card plot">
    \(report.roofline.svg)</div>
    </section>
    <section>
    <h2>Steps, in order</h2>
    <div class="scroll tall" tabindex="0">
    \(ProfileTables(report).steps)
    </div>
    </section>
    \(ProfilePageStyle.guide)
    </main>
    <script>\(ProfilePageStyle.script)</script>
    </body>
    </html>

    """
  }

  private var head: String {
    """
    <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="\(Self.policy)">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="referrer" content="no-referrer">
    <title>\(MarkupText.escaped("\(report.model) on \(report.device) – kalsae profile"))</title>
    <style>
    \(ProfilePageStyle.css)
    </style>
    </head>
    """
  }

  private static let policy =
    "default-src 'none'; style-src 'unsafe-inline'; script-src '\(ProfilePageStyle.scriptDigest)'; "
    + "base-uri 'none'; form-action 'none'"

  private var header: String {
    let facts = [
      ("device", report.device), ("driver", report.driver), ("date", report.date), ("command", report.command),
    ]
    let list = facts.map { name, value in
      let shown = MarkupText.escaped(value)
      return name == "command"
        ? "<div class=\"whole\"><dt>command</dt><dd><code>\(shown)</code></dd></div>"
        : "<div><dt>\(name)</dt><dd>\(shown)</dd></div>"
    }
    return """
      <header>
      <p class="mark">kalsae profile</p>
      <h1>\(MarkupText.escaped(report.model))</h1>
      <dl class="facts">
      \(list.joined(separator: "\n"))
      </dl>
      </header>
      """
  }
}
