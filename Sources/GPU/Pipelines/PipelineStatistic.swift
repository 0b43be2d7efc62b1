/// One figure that a driver's compiler tells of a pipeline, under the name that the driver gives it.
package struct PipelineStatistic: Hashable, Sendable {
  package enum Value: Hashable, Sendable {
    case integer(Int)
    case double(Double)
  }
  /// For example `VGPRs`.
  package var name: String
  /// Booleans are 0 or 1.
  package var value: Value
  /// The driver's own sentence on it.
  package var explanation: String

  package init(name: String, value: Value, explanation: String) {
    self.name = name
    self.value = value
    self.explanation = explanation
  }
}

extension PipelineStatistic.Value: CustomStringConvertible {
  package var description: String {
    switch self {
    case .integer(let value): "\(value)"
    case .double(let value): "\(value)"
    }
  }
}
