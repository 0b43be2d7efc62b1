package import GPU
package import VulkanBackend

/// One compiled pipeline and what the driver tells of it.
package struct SurveyedPipeline: Sendable {
  package let key: PipelineKey
  package var compileMilliseconds = 0.0
  /// Empty where the driver tells nothing.
  package var statistics: [PipelineStatistic] = []
  /// The pipeline at the stages of the driver's compiler, where they were asked for.
  package var texts: [PipelineText] = []
  /// Names of the files that hold `texts`.
  package var files: [String] = []
  /// Why it could not be compiled.
  package var failure: String?

  package init(_ key: PipelineKey) { self.key = key }
}

extension SurveyedPipeline: Encodable {
  private enum CodingKeys: String, CodingKey {
    case name, variant, constants, workgroupSize, compileMilliseconds, statistics, files, failure
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(key.label, forKey: .name)
    try container.encode(key.variant, forKey: .variant)
    try container.encode(key.constants, forKey: .constants)
    try container.encode(key.workgroupSize, forKey: .workgroupSize)
    try container.encode(compileMilliseconds, forKey: .compileMilliseconds)
    // A dictionary, so that names stay as the driver writes them.
    let figures = statistics.map { ($0.name, Figure(value: $0.value)) }
    try container.encode(Dictionary(figures, uniquingKeysWith: { $1 }), forKey: .statistics)
    try container.encode(files, forKey: .files)
    try container.encodeIfPresent(failure, forKey: .failure)
  }

  private struct Figure: Encodable {
    let value: PipelineStatistic.Value

    func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      switch value {
      case .integer(let value): try container.encode(value)
      case .double(let value): try container.encode(value)
      }
    }
  }
}
