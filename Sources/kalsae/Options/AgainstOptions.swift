import ArgumentParser

/// What a model is compared with; what is not given is as it is on the first side.
struct AgainstOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Compare with the model of this folder or GGUF file.", valueName: "path"))
  var againstModel: String?

  @Option(help: ArgumentHelp("Compare with matrices in this format.", valueName: "format"))
  var againstWeights: String?

  @Option(help: ArgumentHelp("Compare with keys and values in this format.", valueName: "format"))
  var againstKv: RuntimeOptions.KeyValueFormat?

  @Option(help: ArgumentHelp("Compare with what this device computes.", valueName: "device"))
  var againstDevice: String?

  var isGiven: Bool {
    againstModel != nil || againstWeights != nil || againstKv != nil || againstDevice != nil
  }

  /// The other side's model.
  func model(_ first: ModelOptions) throws -> ModelOptions {
    var options = first
    options.model = againstModel ?? first.model
    options.weights = againstWeights ?? first.weights
    try options.validate()
    return options
  }

  /// The other side's device and cache.
  func runtime(_ first: RuntimeOptions) -> RuntimeOptions {
    var options = first
    options.device = againstDevice ?? first.device
    options.kv = againstKv ?? first.kv
    return options
  }
}
