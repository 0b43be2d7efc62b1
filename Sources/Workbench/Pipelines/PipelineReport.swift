import Foundation
import GPU
import VulkanBackend

/// What `kalsae pipelines` shows.
package struct PipelineReport: Encodable {
  package let device: String
  /// Name and version, which decide what the compiler makes.
  package let driver: String
  package let subgroupSize: Int
  package let pipelines: [SurveyedPipeline]

  private static let lineWidth = 118

  package init(_ survey: PipelineSurvey, pipelines: [SurveyedPipeline]) {
    let physical = survey.compiler.physical
    device = physical.name
    driver = [physical.driverName, physical.driverInfo, physical.driverVersion].filter { !$0.isEmpty }
      .joined(separator: ", ")
    subgroupSize = survey.profile.subgroupSize
    self.pipelines = pipelines
  }

  package var failureCount: Int { pipelines.count { $0.failure != nil } }

  /// For each pipeline a line with name and time, and below it the driver's figures.
  package var text: String {
    var lines: [String] = []
    for pipeline in pipelines {
      lines.append("\(pipeline.key.label)  \(String(format: "%.1f ms", pipeline.compileMilliseconds))")
      if let failure = pipeline.failure { lines.append("    FAILED: \(failure)") }
      lines += Self.wrapped(pipeline.statistics.map { "\($0.name) \($0.value)" })
    }
    let seconds = pipelines.reduce(0) { $0 + $1.compileMilliseconds } / 1000
    let failures = failureCount == 0 ? "" : ", \(failureCount) failed"
    let silence =
      pipelines.contains { !$0.statistics.isEmpty }
      ? "" : "; the driver tells nothing of them (it lacks VK_KHR_pipeline_executable_properties)"
    lines.append(
      "\(pipelines.count) pipelines in \(Figures.seconds(seconds))\(failures) on \(device) (\(driver), subgroups of "
        + "\(subgroupSize))\(silence)")
    return lines.map { $0 + "\n" }.joined()
  }

  private static func wrapped(_ items: [String]) -> [String] {
    var lines: [String] = []
    for item in items {
      guard let last = lines.popLast() else {
        lines = ["    " + item]
        continue
      }
      // One column is for the comma that may follow.
      let fits = last.count + 2 + item.count < lineWidth
      lines += fits ? ["\(last), \(item)"] : ["\(last),", "    \(item)"]
    }
    return lines
  }
}
