package import Tensors
import VulkanBackend

/// How a model fits a device with its matrices in one format.
package struct ModelFit: Sendable, Hashable {
  /// Format of the matrices; nil as they are stored.
  package let format: BlockFormat?
  /// Bytes of all weights on the device.
  package let weightByteCount: Int
  /// The longest context that fits with keys and values in float16; nil where not even the shortest does.
  package let contextLength: Int?
  /// The same in float32.
  package let float32ContextLength: Int?
  /// The same in Q8_0.
  package let q8ContextLength: Int?
  /// Bytes that the first decoded token must read; each later one reads more.
  package let bytesPerToken: Int
  /// Why no context fits, where it is not the memory.
  package let obstacle: String?

  package init(
    format: BlockFormat?, weightByteCount: Int, contextLength: Int?, float32ContextLength: Int?,
    q8ContextLength: Int? = nil, bytesPerToken: Int, obstacle: String? = nil
  ) {
    self.format = format
    self.weightByteCount = weightByteCount
    self.contextLength = contextLength
    self.float32ContextLength = float32ContextLength
    self.q8ContextLength = q8ContextLength
    self.bytesPerToken = bytesPerToken
    self.obstacle = obstacle
  }

  package var fits: Bool { contextLength != nil }

  /// Tokens per second that reading alone allows.
  package func tokensPerSecond(reading bytesPerSecond: Double) -> Double {
    bytesPerSecond / Double(max(1, bytesPerToken))
  }
}

extension ModelFit {
  /// The fit to take: the format with the most bits, up to what the model is stored in, that leaves room for
  /// `contextLength` tokens; else the one with the most room.
  ///
  /// - Parameter storedByteCount: bytes of the weights as they are stored: more would be no better.
  package static func recommended(
    among fits: [ModelFit], contextLength wish: Int, storedByteCount: Int
  ) -> ModelFit? {
    let sensible = fits.filter { $0.fits && $0.weightByteCount <= storedByteCount }
      .sorted { $0.weightByteCount > $1.weightByteCount }
    return sensible.first { $0.contextLength ?? 0 >= wish }
      ?? sensible.max { ($0.contextLength ?? 0) < ($1.contextLength ?? 0) }
  }
}
