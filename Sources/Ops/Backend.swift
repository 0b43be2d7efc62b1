public import Tensors

/// Something that runs programs: the reference, or a Vulkan device.
public protocol Backend: Sendable {
  /// The device, as people should read it.
  var deviceName: String { get }

  /// Loads weights and plans all memory.
  ///
  /// - Throws: `ProgramError` or `TensorError`; where memory does not suffice, the message says how much is missing.
  func prepare(_ program: Program, weights: Weights, limits: ExecutionLimits) async throws -> any PreparedProgram
}

/// A program with its weights on a device, ready to run.
public protocol PreparedProgram: Sendable {
  var program: Program { get }
  var limits: ExecutionLimits { get }
  /// Where the memory goes.
  var memory: [MemoryUse] { get }
  /// How products are rounded in steps of prompts; all other steps have float32 products.
  var promptNumerics: Numerics { get }
  /// The same for the step of the program at `index` alone.
  func promptNumerics(ofStep index: Int) -> Numerics
  /// Float32 operations per second that slow devices of the kind reach too; nil where nothing is known.
  var assuredOperationsPerSecond: Double? { get }

  /// Runs one step, or `repeatCount` chained steps.
  ///
  /// - Parameters:
  ///   - values: activations that no step writes, row-major.
  ///   - reading: results of the program to return.
  /// - Throws: `ProgramError` where the inputs break the limits or the device fails.
  func run(_ inputs: StepInputs, values: [TensorID: [Float]], reading: [TensorID]) async throws -> StepOutputs
}

extension PreparedProgram {
  public var promptNumerics: Numerics { .float32 }
  public func promptNumerics(ofStep index: Int) -> Numerics { promptNumerics }
  public var assuredOperationsPerSecond: Double? { nil }

  public func run(_ inputs: StepInputs, reading: [TensorID] = []) async throws -> StepOutputs {
    try await run(inputs, values: [:], reading: reading)
  }
}

/// The sizes that memory is planned for.
public struct ExecutionLimits: Hashable, Sendable {
  /// Tokens per step at most.
  public var tokenCount: Int
  /// Logit rows per step at most.
  public var outputCount: Int
  /// Sequences per step at most.
  public var sequenceCount: Int
  /// Pages of the key-value pool.
  public var pageCount: Int
  /// Pages per sequence at most.
  public var pagesPerSequence: Int
  /// How keys and values are stored: one of `CacheLayout.formats`.
  public var keyValueFormat: BlockFormat

  /// Positions per page.
  public static let pageLength = 64

  public init(
    tokenCount: Int, outputCount: Int = 1, sequenceCount: Int = 1, pageCount: Int, pagesPerSequence: Int,
    keyValueFormat: BlockFormat = .f16
  ) {
    self.tokenCount = tokenCount
    self.outputCount = outputCount
    self.sequenceCount = sequenceCount
    self.pageCount = pageCount
    self.pagesPerSequence = pagesPerSequence
    self.keyValueFormat = keyValueFormat
  }
}

/// One line of the memory plan.
public struct MemoryUse: Hashable, Sendable {
  public let purpose: String
  public let byteCount: Int

  public init(purpose: String, byteCount: Int) {
    self.purpose = purpose
    self.byteCount = byteCount
  }
}

/// The weights of a program by checkpoint name.
public struct Weights: Sendable {
  /// Converts every matrix to this format as it is loaded; nil keeps what the checkpoint holds.
  public var matrixFormat: BlockFormat?
  private let tensors: [String: StoredTensor]

  public init(_ tensors: [StoredTensor], matrixFormat: BlockFormat? = nil) {
    self.tensors = Dictionary(tensors.map { ($0.name, $0) }) { first, _ in first }
    self.matrixFormat = matrixFormat
  }

  /// What the checkpoint holds, by name.
  public var stored: [StoredTensor] { tensors.values.sorted { $0.name < $1.name } }

  /// The weight that `tensor` asks for, its shape checked.
  ///
  /// - Throws: `TensorError` where a name is missing or the shape differs.
  public func weight(for tensor: ProgramTensor) throws(TensorError) -> Weight {
    var parts: [StoredTensor] = []
    for name in tensor.weightNames ?? [] {
      guard let part = tensors[name] else { throw TensorError("the checkpoint has no tensor \(name)") }
      parts.append(part)
    }
    // Kernels take vectors, such as the weights of a norm, as float32.
    let format = tensor.rows == .fixed(1) ? .f32 : matrixFormat
    let weight = try Weight(parts, format: format)
    guard tensor.rows == .fixed(weight.rowCount), weight.columnCount == tensor.columns else {
      throw TensorError(
        "tensor \(tensor.name) is \(weight.rowCount) × \(weight.columnCount), the configuration says "
          + "\(tensor.rows) × \(tensor.columns)")
    }
    return weight
  }
}

extension Program {
  /// How the rows of every weight are stored.
  ///
  /// - Throws: `TensorError` where a weight is missing or its shape differs.
  package func segments(of weights: Weights) throws(TensorError) -> [TensorID: [WeightRows]] {
    var segments: [TensorID: [WeightRows]] = [:]
    for (index, tensor) in tensors.enumerated() where tensor.weightNames != nil {
      segments[TensorID(index)] = try weights.weight(for: tensor).segments
    }
    return segments
  }
}

extension [WeightRows] {
  /// The format of most rows; nil where there are none.
  package var mainFormat: BlockFormat? { self.max { $0.range.count < $1.range.count }?.format }
}
