import Engine
import Models
import Ops
import Tensors
import VulkanBackend
import Workbench

/// What `kalsae inspect` shows.
struct ModelReport: Encodable {
  struct Tensor: Encodable {
    let name: String
    let format: String
    let shape: [Int]
    let bytes: Int
    let isUsed: Bool
  }

  struct Fit: Encodable {
    let device: String
    let availableBytes: Int
    let fits: Bool
  }

  struct Memory: Encodable {
    let contextLength: Int
    let keyValueFormat: String
    let uses: [RunReport.Memory]
    let bytes: Int
  }

  let path: String
  let modelType: String
  let layers: Int
  let hiddenSize: Int
  let vocabularySize: Int
  let keyValueHeads: Int
  let headDimension: Int
  let contextLength: Int
  let endTokens: [Int32]
  let parameters: Int
  let tensors: [Tensor]
  let memory: Memory
  let devices: [Fit]
  /// One line per step; absent unless asked for.
  let program: [String]?

  init(
    _ model: Model, limits: ExecutionLimits, contextLength: Int, includesProgram: Bool, devices: [DeviceReport.Entry]
  ) throws {
    let architecture = model.architecture
    let built = try architecture.program()
    let plan = try MemoryPlan(built, weights: model.weights, limits: limits)
    path = model.path
    modelType = architecture.modelType
    layers = architecture.layerCount
    hiddenSize = architecture.hiddenSize
    vocabularySize = architecture.vocabularySize
    keyValueHeads = architecture.keyValueHeadCount
    headDimension = architecture.headDimension
    self.contextLength = architecture.contextLength
    endTokens = model.endTokens
    let unused = Set(model.unusedTensors)
    tensors = model.weights.stored.map {
      Tensor(
        name: $0.name, format: $0.spec.format.name, shape: $0.spec.shape,
        bytes: ($0.spec.format.byteCount(elementCount: $0.spec.columnCount) ?? 0) * $0.spec.rowCount,
        isUsed: !unused.contains($0.name))
    }
    parameters = model.weights.stored.filter { !unused.contains($0.name) }
      .reduce(0) { $0 + $1.spec.rowCount * $1.spec.columnCount }
    memory = Memory(
      contextLength: contextLength, keyValueFormat: limits.keyValueFormat.name,
      uses: plan.uses.map { RunReport.Memory(purpose: $0.purpose, bytes: $0.byteCount) }, bytes: plan.byteCount)
    self.devices = devices.filter { $0.rejection == nil }.map {
      Fit(device: $0.name, availableBytes: $0.availableBytes, fits: plan.byteCount <= $0.availableBytes)
    }
    program = includesProgram ? built.description.split(separator: "\n").map(String.init) : nil
  }

  func text(_ console: Console) -> String {
    if let program { return program.map { $0 + "\n" }.joined() }
    var lines = [
      console.heading(path),
      "\(modelType), \(layers) layers, hidden size \(hiddenSize), vocabulary \(vocabularySize), "
        + "\(keyValueHeads) key-value heads of \(headDimension), context \(contextLength), "
        + "\(Figures.rate(Double(parameters) / 1e6)) million parameters",
      "",
    ]
    var table = TextTable(["tensor", "format", "shape", "bytes", ""], numeric: [3])
    for tensor in tensors {
      let shape = tensor.shape.map { "\($0)" }.joined(separator: " × ")
      table.append([tensor.name, tensor.format, shape, "\(tensor.bytes)", tensor.isUsed ? "" : "not used"])
    }
    lines += table.lines
    lines += [
      "", console.heading("memory for \(memory.contextLength) tokens, keys and values as \(memory.keyValueFormat)"),
    ]
    var sizes = TextTable(["", ""], numeric: [1])
    for use in memory.uses { sizes.append([use.purpose, Figures.bytes(use.bytes)]) }
    sizes.append(["together", Figures.bytes(memory.bytes)])
    lines += sizes.lines.dropFirst()
    lines += devices.map {
      "\($0.fits ? "fits" : "does not fit") \($0.device), which has \(Figures.bytes($0.availableBytes)) left"
    }
    return lines.map { $0 + "\n" }.joined()
  }
}
