/// A pipeline at one stage of the driver's compiler, as text.
package struct PipelineText: Hashable, Sendable {
  /// For example `Assembly`.
  package var name: String
  package var text: String
}
