package import Foundation

/// One test of a model, with the columns of llama-bench and, behind them, Kalsae's own.
///
/// The columns are those of llama.cpp with ggml 0.25.3, in its order; what means nothing to Kalsae has its default.
package struct ModelBenchRow: Sendable, Hashable {
  package var buildCommit = "unknown"
  package var buildNumber = 0
  package var cpuInfo = ""
  package var gpuInfo = ""
  /// `Vulkan`, or `CPU` for the reference.
  package var backends = "Vulkan"
  /// Where the model lies.
  package var modelFilename: String
  /// What people call it: architecture, size and format, as in `exaone 2.4B Q8_0`.
  package var modelType: String
  /// Bytes of all weights.
  package var modelSize: Int
  package var modelParameterCount: Int
  /// Tokens that a step may have.
  package var batchSize = 2048
  package var microBatchSize = 512
  package var threadCount: Int
  /// Format of keys and of values.
  package var cacheType = "f16"
  package var promptLength: Int
  package var generatedLength: Int
  package var depth: Int
  /// Answers, or prompts with answers, at once; the lengths are those of each.
  package var streamCount = 1
  /// RFC 3339, UTC.
  package var testTime: String
  /// How long each repetition took.
  package var samplesNanoseconds: [Double]

  package var kalsaeVersion: String?
  package var device: String?
  package var driver: String?
  /// Format of the matrices.
  package var weightFormat: String?
  /// The most resident memory of the process.
  package var peakHostBytes: Int?
  /// The most memory that was planned on the device.
  package var peakDeviceBytes: Int?
  /// The time that probed limits allow, over the time that was needed.
  package var limitShare: Double?

  package init(
    modelFilename: String, modelType: String, modelSize: Int, modelParameterCount: Int, promptLength: Int,
    generatedLength: Int, depth: Int = 0, samplesNanoseconds: [Double], testTime: Date = Date()
  ) {
    self.modelFilename = modelFilename
    self.modelType = modelType
    self.modelSize = modelSize
    self.modelParameterCount = modelParameterCount
    self.promptLength = promptLength
    self.generatedLength = generatedLength
    self.depth = depth
    self.samplesNanoseconds = samplesNanoseconds
    self.testTime = testTime.formatted(.iso8601)
    threadCount = ProcessInfo.processInfo.activeProcessorCount
  }

  package var test: String {
    Self.test(promptLength: promptLength, generatedLength: generatedLength, depth: depth, streamCount: streamCount)
  }

  /// `pp512`, `tg128`, `pp512+tg128` as llama-bench says it, with ` @ d4096` behind a filled context and ` x 8` for so many at once.
  static func test(promptLength: Int, generatedLength: Int, depth: Int, streamCount: Int) -> String {
    let lengths = [("pp", promptLength), ("tg", generatedLength)].filter { $0.1 > 0 }
    return lengths.map { "\($0)\($1)" }.joined(separator: "+") + (depth > 0 ? " @ d\(depth)" : "")
      + (streamCount > 1 ? " x \(streamCount)" : "")
  }

  /// Tokens per second of each repetition, those of all streams.
  package var samplesTokensPerSecond: [Double] {
    samplesNanoseconds.map { 1e9 * Double(streamCount * (promptLength + generatedLength)) / $0 }
  }

  /// What people read of the rates: `132.19 ± 0.55`.
  package var tokensPerSecond: String {
    let rates = SampleSummary(samplesTokensPerSecond)
    return String(format: "%.2f ± %.2f", rates.mean, rates.standardDeviation)
  }
}
