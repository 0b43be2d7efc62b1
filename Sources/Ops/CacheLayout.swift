package import Tensors

/// How keys, or values, of one layer lie on a device: for each page and head [slot][dimension], and in Q8_0 the signed
/// bytes, then [slot][pair of blocks] two half-precision scales, one per 32 dimensions; a head's last block may be short.
package struct CacheLayout: Hashable, Sendable, Codable {
  package let headDimension: Int
  private let formatName: String

  /// Every storage that kernels of the cache are compiled for.
  package static let formats: [BlockFormat] = [.f16, .f32, .q8_0]

  package init(headDimension: Int, format: BlockFormat) {
    self.headDimension = headDimension
    formatName = format.name
  }

  package var format: BlockFormat { .named(formatName) ?? .f32 }
  private var blockCount: Int { (headDimension + format.blockLength - 1) / format.blockLength }
  private var isBlocked: Bool { format.blockLength > 1 }

  /// Bytes of a vector's numbers, scales apart.
  private var numberByteCount: Int { isBlocked ? headDimension : headDimension * format.blockByteCount }
  private var scaleByteCount: Int { isBlocked ? (blockCount + 1) / 2 * 4 : 0 }
  /// Bytes that the vector of one head takes at one position.
  package var vectorByteCount: Int { numberByteCount + scaleByteCount }
  /// Dimensions that a kernel stores at once: a word's, and at least two.
  package var runLength: Int { isBlocked ? 4 : 2 }
  /// Whether kernels can hold such heads.
  package var isStorable: Bool { headDimension.isMultiple(of: isBlocked ? 8 : 2) }

  // MARK: - Values

  /// What is left of one head's vector once it is stored.
  package func rounded(_ vector: some Collection<Float>) -> [Float] {
    Array(decoded(encoded(vector)).prefix(headDimension))
  }

  /// Whole vectors of heads as the device holds whole pages of them.
  package func bytes(of values: [Float]) -> [UInt8] {
    guard isBlocked else { return encoded(values) }
    let vectorCount = values.count / headDimension
    var bytes = [UInt8](repeating: 0, count: vectorCount * vectorByteCount)
    for vector in 0..<vectorCount {
      let blocks = encoded(values[(vector * headDimension)..<((vector + 1) * headDimension)])
      for (place, source) in places(of: vector) { bytes[place] = blocks[source] }
    }
    return bytes
  }

  /// The values that whole pages hold.
  package func values(of bytes: [UInt8]) -> [Float] {
    guard isBlocked else { return decoded(bytes) }
    let vectorCount = bytes.count / vectorByteCount
    var values: [Float] = []
    values.reserveCapacity(vectorCount * headDimension)
    var blocks = [UInt8](repeating: 0, count: blockCount * format.blockByteCount)
    for vector in 0..<vectorCount {
      for (place, source) in places(of: vector) { blocks[source] = bytes[place] }
      values += decoded(blocks).prefix(headDimension)
    }
    return values
  }

  /// Where each byte of a vector lies on the device, and in its blocks.
  private func places(of vector: Int) -> [(place: Int, source: Int)] {
    let (page, slot) = vector.quotientAndRemainder(dividingBy: ExecutionLimits.pageLength)
    let start = page * ExecutionLimits.pageLength * vectorByteCount
    let numbers = start + slot * numberByteCount
    // A block is its scale, then its numbers.
    let (length, width) = (format.blockLength, format.blockByteCount)
    let scales = start + ExecutionLimits.pageLength * numberByteCount + slot * scaleByteCount
    return (0..<headDimension).map { (numbers + $0, $0 / length * width + 2 + $0 % length) }
      + (0..<(2 * blockCount)).map { (scales + $0, $0 / 2 * width + $0 % 2) }
  }

  private func encoded(_ vector: some Collection<Float>) -> [UInt8] {
    let blockCount = (vector.count + format.blockLength - 1) / format.blockLength
    let padded = Array(vector) + [Float](repeating: 0, count: blockCount * format.blockLength - vector.count)
    var bytes = [UInt8](repeating: 0, count: blockCount * format.blockByteCount)
    var span = bytes.mutableSpan
    var raw = span.mutableBytes
    format.encode(padded.span, into: &raw)
    return bytes
  }

  private func decoded(_ blocks: [UInt8]) -> [Float] {
    var values = [Float](repeating: 0, count: blocks.count / format.blockByteCount * format.blockLength)
    var span = values.mutableSpan
    format.decode(blocks.span.bytes, into: &span)
    return values
  }
}

extension CacheLayout {
  /// For each number of a vector how far what a right kernel stores may be from `rounded`.
  ///
  /// Float16 may be rounded either way and may lose what is below 2^-14, so a stored half is off by `halfError`. In Q8_0
  /// that holds for the scale; a number of steps is another only where it is close to a half.
  ///
  /// - Parameter inputError: how far each number may be away before it is stored.
  func errorBound(_ vector: [Float], inputError: Float) -> [Float] {
    func halfError(_ value: Float) -> Float { max(abs(value) * 0x1p-10, 0x1p-14) }
    switch format {
    case .f16: return vector.map { inputError + halfError($0) }
    case .q8_0:
      return vector.indices.map { index in
        let block = index / format.blockLength * format.blockLength
        let largest = vector[block..<min(block + format.blockLength, vector.count)].reduce(0) { max($0, abs($1)) }
        let scale = largest / 127
        guard scale > 0 else { return 2 * inputError }
        let steps = abs(vector[index]) / scale
        // Number and largest are off by the input's error; two divisions and a product, each within 5 roundings, on both
        // sides: less than 32.
        let stepError = 2 * inputError / scale + 127 * 32 * unitRoundoff
        let isClose = abs(steps - steps.rounded(.down) - 0.5) <= stepError
        return (steps + 1) * halfError(scale) + (isClose ? scale : 0)
      }
    default: return vector.map { _ in inputError }
    }
  }
}

extension ProgramTensor {
  /// How keys, or values, of a cache lie; nil for other tensors.
  package func cacheLayout(_ format: BlockFormat) -> CacheLayout? {
    guard case .keyValueCache(_, _, let headDimension) = kind else { return nil }
    return CacheLayout(headDimension: headDimension, format: format)
  }

  /// Bytes that keys and values of one position take in a cache; 0 for other tensors.
  package func cachedByteCount(_ format: BlockFormat) -> Int {
    guard let layout = cacheLayout(format) else { return 0 }
    return 2 * columns / layout.headDimension * layout.vectorByteCount
  }
}
