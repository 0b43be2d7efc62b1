import Tensors

/// What generation_config.json says about sampling; nil where it says nothing.
public struct GenerationDefaults: Sendable, Hashable {
  /// Whether to sample; false is greedy.
  public var samples = false
  public var temperature: Double?
  public var topK: Int?
  public var topP: Double?
  public var minP: Double?
  public var repetitionPenalty: Double?

  /// Greedy, all else unsaid.
  public init() {}

  init(_ fields: ConfigurationFields) throws(ModelError) {
    func optional(_ key: String, _ range: ClosedRange<Double>) throws(ModelError) -> Double? {
      fields.value(key) == nil ? nil : try fields.number(key, in: range)
    }
    samples = try fields.flag("do_sample", default: false)
    temperature = try optional("temperature", 0...100)
    topK = fields.value("top_k") == nil ? nil : try fields.integer("top_k", in: 0...(1 << 24))
    topP = try optional("top_p", 0...1)
    minP = try optional("min_p", 0...1)
    repetitionPenalty = try optional("repetition_penalty", 1e-3...1000)
  }
}
