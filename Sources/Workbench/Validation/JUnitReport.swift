/// Results in the XML that build servers read as tests.
package struct JUnitReport: Sendable {
  package enum Outcome: Sendable, Hashable {
    case passed
    /// With a message.
    case failed(String)
    /// With the reason.
    case skipped(String)
  }

  package struct Case: Sendable, Hashable {
    /// Parts between dots; servers group by it.
    package let className: String
    package let name: String
    package let outcome: Outcome
    package let seconds: Double?

    package init(className: String, name: String, outcome: Outcome, seconds: Double? = nil) {
      self.className = className
      self.name = name
      self.outcome = outcome
      self.seconds = seconds
    }
  }

  package struct Suite: Sendable, Hashable {
    package let name: String
    package let cases: [Case]

    package init(name: String, cases: [Case]) {
      self.name = name
      self.cases = cases
    }
  }

  package let name: String
  package let suites: [Suite]
  /// What each suite says of its surroundings, such as the device.
  package let properties: [(name: String, value: String)]

  package init(name: String, suites: [Suite], properties: [(name: String, value: String)] = []) {
    self.name = name
    self.suites = suites
    self.properties = properties
  }

  package var xml: String {
    let counts = Self.counts(suites.flatMap(\.cases))
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"\(MarkupText.escaped(name))\" \(counts)>\n"
      + suites.map(xml(of:)).joined() + "</testsuites>\n"
  }

  private func xml(of suite: Suite) -> String {
    let properties = properties.map { name, value in
      "      <property name=\"\(MarkupText.escaped(name))\" value=\"\(MarkupText.escaped(value))\"/>\n"
    }
    return "  <testsuite name=\"\(MarkupText.escaped(suite.name))\" \(Self.counts(suite.cases))>\n"
      + (properties.isEmpty ? "" : "    <properties>\n\(properties.joined())    </properties>\n")
      + suite.cases.map(Self.xml(of:)).joined() + "  </testsuite>\n"
  }

  private static func xml(of result: Case) -> String {
    let time = result.seconds.map { " time=\"\($0)\"" } ?? ""
    let head =
      "    <testcase classname=\"\(MarkupText.escaped(result.className))\" name=\"\(MarkupText.escaped(result.name))\"\(time)"
    switch result.outcome {
    case .passed: return head + "/>\n"
    case .failed(let message):
      let text = MarkupText.escaped(message)
      return head + ">\n      <failure message=\"\(text)\">\(text)</failure>\n    </testcase>\n"
    case .skipped(let reason):
      return head + ">\n      <skipped message=\"\(MarkupText.escaped(reason))\"/>\n    </testcase>\n"
    }
  }

  private static func counts(_ cases: [Case]) -> String {
    var (failures, skipped) = (0, 0)
    for result in cases {
      switch result.outcome {
      case .passed: break
      case .failed: failures += 1
      case .skipped: skipped += 1
      }
    }
    return "tests=\"\(cases.count)\" failures=\"\(failures)\" errors=\"0\" skipped=\"\(skipped)\""
  }
}
