public import Ops
public import Tensors

/// What a program needs at least on a device, known before anything is allocated.
public struct MemoryEstimate: Hashable, Sendable {
  /// As a device holds them, with the table of rotary angles.
  public let weightByteCount: Int
  public let keyValueByteCount: Int
  /// The most bytes of activations alive at once in the largest step.
  public let activationByteCount: Int

  public var byteCount: Int { weightByteCount + keyValueByteCount + activationByteCount }
  public var uses: [MemoryUse] {
    [
      MemoryUse(purpose: "weights", byteCount: weightByteCount),
      MemoryUse(purpose: "keys and values", byteCount: keyValueByteCount),
      MemoryUse(purpose: "activations", byteCount: activationByteCount),
    ]
  }

  /// - Throws: `TensorError` where the checkpoint lacks a weight or its shape differs.
  public init(_ program: Program, weights: Weights, limits: ExecutionLimits) throws(TensorError) {
    let positionCount = limits.pageCount * ExecutionLimits.pageLength
    var weightByteCount = 0
    var keyValueByteCount = 0
    for tensor in program.tensors {
      switch tensor.kind {
      case .weight:
        let weight = try weights.weight(for: tensor)
        let rowByteCount = weight.format.planeRowByteCounts(columnCount: weight.columnCount).reduce(0, +)
        weightByteCount += weight.rowCount * rowByteCount
      case .keyValueCache:
        let columns = limits.keyValueFormat.byteCount(elementCount: tensor.columns) ?? 0
        keyValueByteCount += 2 * positionCount * columns
      case .rotaryTable:
        weightByteCount += limits.pagesPerSequence * ExecutionLimits.pageLength * tensor.columns * 4
      case .activation: continue
      }
    }
    self.weightByteCount = weightByteCount
    self.keyValueByteCount = keyValueByteCount
    activationByteCount = Self.peakActivationByteCount(program, limits: limits)
  }

  /// Walks the steps and adds up what is alive at each: written already, and still read later or a result.
  private static func peakActivationByteCount(_ program: Program, limits: ExecutionLimits) -> Int {
    let size = StepSize(tokens: limits.tokenCount, outputs: limits.outputCount, context: 0)
    var lastUse: [TensorID: Int] = [:]
    for (index, step) in program.steps.enumerated() {
      for id in step.inputs + step.outputs { lastUse[id] = index }
    }
    for id in program.results { lastUse[id] = program.steps.count }
    var alive: Set<TensorID> = []
    var peak = 0
    for (index, step) in program.steps.enumerated() {
      alive.formUnion((step.inputs + step.outputs).filter { program[$0].kind == .activation })
      let sum = alive.reduce(0) { $0 + size.rows(program[$1].rows) * program[$1].columns * 4 }
      peak = max(peak, sum)
      alive = alive.filter { (lastUse[$0] ?? 0) > index }
    }
    return peak
  }
}
